%% SPDX-License-Identifier: MIT
%% otp_child - a worker that does what the script says and tells the trace.
-module(otp_child).
-export([start_link/2, init/2]).

%% The name comes last: simple_one_for_one appends it.
start_link(Trace, Name) ->
	proc_lib:start_link(?MODULE, init, [Trace, Name]).

init(Trace, Name) ->
	process_flag(trap_exit, true),
	case otp_trace:call(Trace, {start, Name}) of
		fail -> exit(failed);
		hang -> hang(Trace, Name);
		ok -> ok
	end,
	proc_lib:init_ack({ok, self()}),
	loop(Trace, Name).

hang(Trace, Name) ->
	receive
		ready -> otp_trace:call(Trace, {ready, Name});
		{exit, Reason} -> leave(Trace, Name, Reason)
	end.

loop(Trace, Name) ->
	receive
		{exit, Reason} -> leave(Trace, Name, Reason);
		{'EXIT', _, normal} -> loop(Trace, Name); % it traps nothing
		{'EXIT', _, Reason} -> stop(Trace, Name, Reason)
	end.

stop(Trace, Name, Reason) ->
	case otp_trace:call(Trace, {stop, Name}) of
		true ->
			receive {exit, Own} -> leave(Trace, Name, Own) end;
		false ->
			leave(Trace, Name, Reason)
	end.

leave(Trace, Name, Reason) ->
	otp_trace:call(Trace, {exit, Name, Reason}),
	exit(Reason).
