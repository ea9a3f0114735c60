%% SPDX-License-Identifier: MIT
%% otp_trace - what happens in one scenario, in the order in which it happens.
%%
%% Children and supervisors tell it what they do by calls, so that a line is
%% written before anything can follow from it.  What cannot speak any more (the
%% killed) is found by monitors: before each line the dead are written down.
-module(otp_trace).
-export([start/1, call/2]).

-record(trace, {
	supervisors,  % Name => {Flags, ChildSpecs}
	lines = [],   % newest first
	live = #{},   % Name => {Pid, starting, running, stopping or supervisor}
	names = #{},  % Pid => Name, of all that ever lived
	fail = #{},   % Name => how many next starts fail
	hang = #{},   % Name => how many next starts wait to be told
	slow = #{},   % Name => true: answers a stop only when told
	by_hand = #{} % Name => true: killed by the script
}).

%% Supervisors: a function of the trace, which its specs tell to the children.
start(Supervisors) ->
	spawn_link(fun () ->
		serve(#trace{supervisors = Supervisors(self())})
	end).

call(Trace, Request) ->
	Ref = monitor(process, Trace),
	Trace ! {Ref, self(), Request},
	receive
		{Ref, Reply} ->
			demonitor(Ref, [flush]),
			Reply;
		{'DOWN', Ref, process, _, _} ->
			exit(scenario_is_over)
	end.

serve(T) ->
	receive
		{'DOWN', _, process, Pid, _} ->
			serve(killed(Pid, T));
		{Ref, From, Request} ->
			{Reply, T1} = handle(Request, From, bury(T)),
			From ! {Ref, Reply},
			serve(T1)
	end.

%% Writes down those that are dead already, each in its turn.
bury(T) ->
	receive
		{'DOWN', _, process, Pid, _} -> bury(killed(Pid, T))
	after 0 ->
		Dead = fun ({_, supervisor}) -> false;
			   ({Pid, _}) -> not is_process_alive(Pid)
		       end,
		case lists:any(Dead, maps:values(T#trace.live)) of
			false -> T;
			true ->
				receive
					{'DOWN', _, process, Pid, _} ->
						bury(killed(Pid, T))
				end
		end
	end.

killed(Pid, T) ->
	Name = maps:get(Pid, T#trace.names),
	case maps:get(Name, T#trace.live, none) of
		{Pid, _} ->
			{Word, By} = case maps:take(Name, T#trace.by_hand) of
				{true, Rest} -> {"exit ~s killed", Rest};
				error -> {"kill ~s", T#trace.by_hand}
			end,
			line(Word, [Name], gone(Name, T#trace{by_hand = By}));
		_ ->
			T % it said good-bye itself
	end.

%% Of a child:
handle({start, Name}, Pid, T) ->
	T1 = line("start ~s", [Name], T),
	case {take(Name, T1#trace.fail), take(Name, T1#trace.hang)} of
		{{yes, Fail}, _} ->
			{fail, line("fail ~s", [Name], T1#trace{fail = Fail})};
		{no, {yes, Hang}} ->
			monitor(process, Pid),
			{hang, phase(Name, Pid, starting,
				     T1#trace{hang = Hang})};
		{no, no} ->
			monitor(process, Pid),
			{ok, phase(Name, Pid, running, T1)}
	end;
handle({ready, Name}, Pid, T) ->
	{ok, phase(Name, Pid, running, T)};
handle({stop, Name}, Pid, T) ->
	T1 = phase(Name, Pid, stopping, line("stop ~s", [Name], T)),
	{maps:is_key(Name, T#trace.slow), T1};
handle({exit, Name, Reason}, _, T) ->
	{ok, gone(Name, line("exit ~s ~s", [Name, reason(Reason)], T))};

%% Of a supervisor:
handle({up, Name}, Pid, T) ->
	{maps:get(Name, T#trace.supervisors),
	 phase(Name, Pid, supervisor, T)};
handle({down, Name}, _, T) ->
	{ok, gone(Name, line("down ~s", [Name], T))};
handle({name, Pid}, _, T) ->
	{maps:get(Pid, T#trace.names, unknown), T};

%% Of the script:
handle({line, Format, Args}, _, T) ->
	{ok, line(Format, Args, T)};
handle({find, Name}, _, T) ->
	{maps:get(Name, T#trace.live, none), T};
handle({dead, Name}, _, T) ->
	Pid = spawn(fun () -> ok end),
	{Pid, T#trace{names = (T#trace.names)#{Pid => Name}}};
handle({fail, Name, K}, _, T) ->
	{ok, T#trace{fail = (T#trace.fail)#{Name => K}}};
handle({hang, Name, K}, _, T) ->
	{ok, T#trace{hang = (T#trace.hang)#{Name => K}}};
handle({slow, Name}, _, T) ->
	{ok, T#trace{slow = (T#trace.slow)#{Name => true}}};
handle({quick, Name}, _, T) ->
	{ok, T#trace{slow = maps:remove(Name, T#trace.slow)}};
handle({kill, Name}, _, T) ->
	{ok, T#trace{by_hand = (T#trace.by_hand)#{Name => true}}};
handle(waiting, _, T) -> % for the script, by name
	Waiting = [{Name, Pid, Phase} ||
		{Name, {Pid, Phase}} <- maps:to_list(T#trace.live),
		Phase =:= starting orelse Phase =:= stopping],
	{lists:sort(Waiting), T};
handle(progress, _, T) ->
	{{length(T#trace.lines),
	  [Pid || {Pid, _} <- maps:values(T#trace.live)]}, T};
handle(lines, _, T) ->
	{lists:reverse(T#trace.lines), T}.

take(Name, Map) ->
	case Map of
		#{Name := 1} -> {yes, maps:remove(Name, Map)};
		#{Name := K} -> {yes, Map#{Name := K - 1}};
		#{} -> no
	end.

phase(Name, Pid, Phase, T) ->
	T#trace{live = (T#trace.live)#{Name => {Pid, Phase}},
		names = (T#trace.names)#{Pid => Name}}.

gone(Name, T) ->
	T#trace{live = maps:remove(Name, T#trace.live)}.

line(Format, Args, T) ->
	Line = lists:flatten(io_lib:format(Format, Args)),
	T#trace{lines = [Line | T#trace.lines]}.

reason({exit, N}) -> io_lib:format("exit:~b", [N]);
reason(Atom) -> atom_to_list(Atom).
