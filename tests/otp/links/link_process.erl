%% SPDX-License-Identifier: MIT
%% link_process - a process of a scenario: does what it is told, and tells the
%% coordinator what comes of it and what it receives.
%%
%% Texts for the trace are lists of strings and pids; the coordinator has the
%% names.
-module(link_process).
-export([body/4, client/1, perform/3, text/1]).

%% What a Unix program is once it is executed: it may end at once.
body(Coordinator, Name, Traps, Dies) ->
	Coordinator ! {born, Name, self(), Dies},
	Dies =:= none orelse finish(Dies),
	process_flag(trap_exit, Traps),
	loop(Coordinator, #{}).

%% Refs: name => reference, reference => name.
loop(Coordinator, Refs) ->
	receive
		{Coordinator, do, Operations} ->
			Refs1 = lists:foldl(fun (Operation, R) ->
				perform(Operation, Coordinator, R)
			end, Refs, Operations),
			Coordinator ! {done, self()},
			loop(Coordinator, Refs1);
		{Coordinator, echo} ->
			Coordinator ! {echo, self()},
			loop(Coordinator, Refs);
		Message ->
			Coordinator ! {got, self(), received(Message, Refs)},
			loop(Coordinator, Refs)
	end.

%% {From, Rank, Text}.  Those of one sender are in the order in which it sent
%% them, except that DOWN and EXIT of its end are in none: DOWN is put last.
received({'EXIT', From, Reason}, _) ->
	{From, 0, ["EXIT ", From, " ", text(Reason)]};
received({'DOWN', Ref, process, From, Reason}, Refs) ->
	case maps:get(Ref, Refs) of
		{by_pid, Name} when Reason =/= noproc ->
			{From, 1, ["DOWN ", Name, " ", From]};
		{by_pid, Name} ->
			{From, 1, ["DOWN ", Name, " ", From, " noproc"]};
		Name ->
			{From, 1, ["DOWN ", Name, " ", From, " ",
				   text(Reason)]}
	end;
received({text, From, Word}, _) ->
	{From, 0, ["TEXT ", From, " ", Word]}.

perform({link, Pid}, Coordinator, Refs) ->
	Answer = try link(Pid) catch error:noproc -> noproc end,
	answer(Coordinator, ["link ", Pid, " = ", text(Answer)], Refs);
perform({link_for, Pid}, _, Refs) -> % for one who is told the answer
	true = link(Pid),
	Refs;
perform({unlink, Pid}, _, Refs) ->
	true = unlink(Pid),
	Refs;
perform({monitor, Name, Pid}, _, Refs) ->
	Ref = monitor(process, Pid),
	Refs#{Name => Ref, Ref => Name};
perform({monitor_pid, Name, Pid}, _, Refs) ->
	Ref = monitor(process, Pid),
	Refs#{Name => Ref, Ref => {by_pid, Name}};
perform({demonitor, Name, Options}, _, Refs) ->
	case Refs of
		#{Name := Ref} -> true = demonitor(Ref, Options);
		#{} -> true % that was of its predecessor
	end,
	Refs;
perform({exit, Reason}, _, _) ->
	finish(Reason);
perform({exit, Pid, Reason}, _, Refs) ->
	true = exit(Pid, reason(Reason)),
	Refs;
perform({trap, Value}, Coordinator, Refs) ->
	Old = process_flag(trap_exit, Value),
	answer(Coordinator, ["trap ", text(Value), " = ", text(Old)], Refs);
perform({send, Pid, Word}, _, Refs) ->
	Pid ! {text, self(), Word},
	Refs;
perform({spawn_link, Name, Traps, Dies}, Coordinator, Refs) ->
	spawn_link(?MODULE, body, [Coordinator, Name, Traps, Dies]),
	Refs;
perform(sync, Coordinator, Refs) ->
	Coordinator ! {sync, self()},
	receive {Coordinator, go} -> Refs end.

answer(Coordinator, Text, Refs) ->
	Coordinator ! {result, self(), Text},
	Refs.

finish("return") -> exit(normal);
finish(Reason) -> exit(reason(Reason)).

%% Monitors, and does nothing else.
client(Coordinator) ->
	receive
		{Coordinator, do, {monitor, Pids}} ->
			[monitor(process, Pid) || Pid <- Pids],
			Coordinator ! {done, self()};
		{Coordinator, do, {spawn_monitor, Name, Traps, Dies}} ->
			spawn_monitor(?MODULE, body,
				      [Coordinator, Name, Traps, Dies]),
			Coordinator ! {done, self()};
		{Coordinator, echo} ->
			Coordinator ! {echo, self()};
		{'DOWN', _, process, From, Reason} ->
			Coordinator ! {got, self(), {From, 1,
				["DOWN ", From, " ", text(Reason)]}}
	end,
	client(Coordinator).

%% Reasons have the words of supd.
reason("exit:" ++ N) -> {exit, list_to_integer(N)};
reason("signal:" ++ Name) -> {signal, Name};
reason(Word) -> list_to_atom(Word).

text({exit, N}) -> "exit:" ++ integer_to_list(N);
text({signal, Name}) -> "signal:" ++ Name;
text(Word) -> atom_to_list(Word).
