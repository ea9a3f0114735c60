# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# crowd.bats - many children that end at once: supd has an ear for others
# meanwhile.

bats_require_minimum_version 1.5.0
load helper

# Asks on one connection, while all die with the hub, how many have been started
# again, and prints how often it was told of some of them.
listen() {
	cat > "$T/listen" <<-'END'
		import json, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		rest = b""
		def call(method, **parameters):
		    global rest
		    method = "org.supd.Supervisor." + method
		    call = {"method": method, "parameters": parameters}
		    s.sendall(json.dumps(call).encode() + b"\0")
		    while b"\0" not in rest:
		        rest += s.recv(65536)
		    answer, rest = rest.split(b"\0", 1)
		    return json.loads(answer)["parameters"]
		def renewed():
		    answer = call("Status", ids=["c@%d" % i for i in all])
		    return sum(c["restarts"] > 0 for c in answer["children"])
		all = range(1, 501)
		seen, told = 0, 0
		call("Exit", id="hub", reason="boom")
		while seen < len(all):
		    seen = renewed()
		    told += 0 < seen < len(all)
		print(told)
	END
	python3 "$T/listen" "$T/s"
}

@test "who is connected is heard while hundreds end and are started again" {
	config < <(cat <<-INI
		[child:hub]
		command = sleep infinity
		[child:c]
		command = sleep infinity
		instances = 500
		links = hub
	INI
	)
	start_tree
	run -0 listen
	echo "told $output times"
	[ "$output" -ge 3 ]
}
