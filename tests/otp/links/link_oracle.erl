%% SPDX-License-Identifier: MIT
%% link_oracle - runs scenarios of links and monitors with processes of Erlang,
%% writes their traces.
%%
%% usage: erl +S 1 -noshell -s link_oracle main -extra DIRECTORY SCENARIO...
%%
%% A step is over when nothing is on its way: each process has answered an echo
%% behind whatever was in its queue, twice, and nobody has died or received
%% anything meanwhile.  One scheduler: when the end of a process is known here,
%% its signals are in the queues of the others.
-module(link_oracle).
-export([main/0]).

-define(QUIET, 2). % rounds of echoes without anything new

-record(run, {
	pids = #{},    % name => pid, of the last process of that name
	names = #{},   % pid => name, of all that ever lived
	flags = #{},   % name => whether it traps
	alive = [],    % pids
	clients = [],
	dies = #{},    % pid => with what it was told to end when it was made
	lines = [],    % newest first
	results = [],  % those of this step, newest first
	got = [],      % {Name, From, Rank, Text}, newest first
	ended = []     % {Name, Reason}
}).

main() ->
	{ok, _} = application:ensure_all_started(stdlib),
	logger:remove_handler(default),
	[Directory | Files] = init:get_plain_arguments(),
	Results = [begin
		{_, Ref} = spawn_monitor(fun () -> scenario(Directory, F) end),
		receive {'DOWN', Ref, _, _, Why} -> {F, Why} end
	end || F <- Files],
	Failed = [Result || {_, Why} = Result <- Results, Why =/= normal],
	[io:format(standard_error, "~s: ~0p~n", [File, Why])
	 || {File, Why} <- Failed],
	halt(case Failed of [] -> 0; _ -> 1 end).

scenario(Directory, File) ->
	{ok, Text} = file:read_file(File),
	Lines = [L || L <- string:lexemes(binary_to_list(Text), "\n"),
		      hd(L) =/= $#],
	Begin = #run{names = #{self() => "ctl"}},
	End = table(lists:foldl(fun line/2, Begin, Lines)),
	[exit(Pid, kill) || Pid <- End#run.alive ++ End#run.clients],
	Name = filename:basename(File, ".scn") ++ ".trace",
	ok = file:write_file(filename:join(Directory, Name),
			     [[L, $\n] || L <- lists:reverse(End#run.lines)]).

line(Line, Run) ->
	case string:lexemes(Line, " ") of
		["process", Name | Words] ->
			declare(Name, lists:member("trap", Words), Run);
		Words ->
			Run1 = say(["> ", Line], Run),
			written(settle([], ?QUIET, act(Words, Run1)))
	end.

declare(Name, Traps, Run) ->
	Pid = spawn(link_process, body, [self(), Name, Traps, none]),
	Pid ! {self(), echo}, % it has set its flag
	receive {echo, Pid} -> ok end,
	born(Name, flag(Name, Traps, Run)).

flag(Name, Traps, #run{flags = Flags} = Run) ->
	Run#run{flags = Flags#{Name => Traps}}.

%% Each says so first of all: who makes it may die of it.
born(Name, #run{pids = Pids, names = Names} = Run) ->
	{Pid, Dies} = receive {born, Name, P, D} -> {P, D} end,
	monitor(process, Pid),
	Run#run{pids = Pids#{Name => Pid}, names = Names#{Pid => Name},
		alive = [Pid | Run#run.alive],
		dies = (Run#run.dies)#{Pid => Dies}}.

%% From outside:
act(["ctl", "start", Name], #run{flags = Flags} = Run) ->
	case alive(Name, Run) of
		true -> Run;
		false -> declare(Name, maps:get(Name, Flags), Run)
	end;
act(["ctl", "link", Name, With], Run) ->
	case {alive(Name, Run), alive(With, Run)} of
		{true, true} ->
			{Answer, Run1} = {"true", order(Name,
				[{link_for, pid(With, Run)}], Run)};
		_ ->
			{Answer, Run1} = {"noproc", Run}
	end,
	say(["ctl link ", Name, " ", With, " = ", Answer], Run1);
act(["ctl", "unlink", Name, With], Run) ->
	case alive(Name, Run) of
		true -> order(Name, [{unlink, pid(With, Run)}], Run);
		false -> Run
	end;
act(["ctl" | Words], Run) ->
	_ = link_process:perform(operation(Words, Run), self(), #{}),
	Run;
act(["client", Name, Verb | Words], Run) ->
	{Client, Run1} = client(Name, Run),
	client(Verb, Words, Client, Run1);

%% By a process:
act([Name, "spawn_link", New | Words], Run) ->
	Traps = lists:member("trap", Words),
	case alive(Name, Run) of
		true ->
			Operation = {spawn_link, New, Traps, dies(Words)},
			born(New, order(Name, [Operation],
					flag(New, Traps, Run)));
		false ->
			is_not_running(Name, Run)
	end;
act([Name | Words], Run) ->
	Operations = string:lexemes(lists:flatten(lists:join($ , Words)), ";"),
	case alive(Name, Run) of
		true ->
			order(Name, [operation(string:lexemes(O, " "), Run)
				     || O <- Operations], Run);
		false ->
			is_not_running(Name, Run)
	end.

is_not_running(Name, Run) ->
	say(["- ", Name, " is not running"], Run).

client(Name, #run{pids = Pids, names = Names, clients = Clients} = Run) ->
	case Pids of
		#{Name := Pid} ->
			{Pid, Run};
		#{} ->
			Self = self(),
			Pid = spawn(fun () -> link_process:client(Self) end),
			{Pid, Run#run{pids = Pids#{Name => Pid},
				      names = Names#{Pid => Name},
				      clients = [Pid | Clients]}}
	end.

client("close", [], Client, #run{clients = Clients} = Run) ->
	unlink(Client),
	Ref = monitor(process, Client),
	exit(Client, kill),
	receive {'DOWN', Ref, _, _, _} -> ok end,
	Run#run{clients = lists:delete(Client, Clients)};
client("monitor", Names, Client, Run) ->
	Client ! {self(), do, {monitor, [pid(Name, Run) || Name <- Names]}},
	done(Client, Run);
client("spawn_monitor", [New | Words], Client, Run) ->
	Traps = lists:member("trap", Words),
	Client ! {self(), do, {spawn_monitor, New, Traps, dies(Words)}},
	born(New, done(Client, flag(New, Traps, Run))).

dies(Words) ->
	case [Reason || "dies=" ++ Reason <- Words] of
		[Reason] -> Reason;
		[] -> none
	end.

operation(["link", With], Run) -> {link, pid(With, Run)};
operation(["unlink", With], Run) -> {unlink, pid(With, Run)};
operation(["monitor", Ref, Whom], Run) -> {monitor, Ref, pid(Whom, Run)};
operation(["monitor_pid", Ref, Whom], Run) ->
	{monitor_pid, Ref, pid(Whom, Run)};
operation(["demonitor", Ref], _) -> {demonitor, Ref, []};
operation(["demonitor", Ref, "flush"], _) -> {demonitor, Ref, [flush]};
operation(["exit", Reason], _) -> {exit, Reason};
operation(["exit", Whom, Reason], Run) -> {exit, pid(Whom, Run), Reason};
operation(["trap", "on"], _) -> {trap, true};
operation(["trap", "off"], _) -> {trap, false};
operation(["send", Whom, Word], Run) -> {send, pid(Whom, Run), Word};
operation(["sync"], _) -> sync.

order(Name, Operations, Run) ->
	Pid = pid(Name, Run),
	Pid ! {self(), do, Operations},
	done(Pid, Run).

done(Pid, Run) ->
	receive
		{done, Pid} ->
			Run;
		{sync, Pid} ->
			Run1 = settle([Pid], ?QUIET, Run),
			Pid ! {self(), go},
			done(Pid, Run1);
		{'DOWN', _, _, Pid, _} = Down ->
			note(Down, Run);
		{Kind, _, _} = Message when Kind =:= got; Kind =:= result ->
			done(Pid, note(Message, Run));
		{'DOWN', _, _, _, _} = Message ->
			done(Pid, note(Message, Run))
	end.

settle(_, 0, Run) ->
	Run;
settle(Except, N, Run) ->
	Asked = (Run#run.alive ++ Run#run.clients) -- Except,
	[Pid ! {self(), echo} || Pid <- Asked],
	Run1 = echoes(Asked, Run),
	case news(Run1) =:= news(Run) of
		true -> settle(Except, N - 1, Run1);
		false -> settle(Except, ?QUIET, Run1)
	end.

news(#run{got = Got, ended = Ended, alive = Alive}) ->
	{length(Got), length(Ended), Alive}.

echoes([], Run) ->
	Run;
echoes(Asked, Run) ->
	receive
		{echo, Pid} ->
			echoes(lists:delete(Pid, Asked), Run);
		{'DOWN', _, _, Pid, _} = Message ->
			echoes(lists:delete(Pid, Asked), note(Message, Run));
		Message when element(1, Message) =/= sync ->
			echoes(Asked, note(Message, Run))
	end.

note({got, Pid, {From, Rank, Text}}, #run{got = Got} = Run) ->
	Run#run{got = [{name(Pid, Run), name(From, Run), Rank,
			text(Text, Run)} | Got]};
note({result, Pid, Text}, #run{results = Results} = Run) ->
	Run#run{results = [[name(Pid, Run), " ", text(Text, Run)] | Results]};
note({'DOWN', _, _, Pid, Reason}, #run{alive = Alive} = Run) ->
	% One that died before the monitor of here did so of itself.
	Word = case maps:get(Pid, Run#run.dies) of
		none -> link_process:text(Reason);
		"return" -> "normal";
		Dies -> Dies
	end,
	Run#run{alive = lists:delete(Pid, Alive),
		ended = [{name(Pid, Run), Word} | Run#run.ended]}.

%% The lines of a step.  What a process received in the step in which it ended
%% may have come before its end or not at all.
written(#run{results = Results, got = Got, ended = Ended} = Run) ->
	Kept = [G || {Name, _, _, _} = G <- lists:reverse(Got),
		     not lists:keymember(Name, 1, Ended)],
	Received = lists:sort(fun in_order/2, Kept),
	Lines = lists:reverse(Results) ++
		[[Name, " < ", Text] || {Name, _, _, Text} <- Received] ++
		[[Name, " ended ", Why] || {Name, Why} <- lists:sort(Ended)],
	lists:foldl(fun say/2, Run#run{results = [], got = [], ended = []},
		    Lines).

%% By receiver and sender; those of one sender in their order.
in_order({A, FromA, 0, _}, {B, FromB, 0, _}) ->
	{A, FromA} =< {B, FromB};
in_order({A, FromA, RankA, TextA}, {B, FromB, RankB, TextB}) ->
	{A, FromA, RankA, TextA} =< {B, FromB, RankB, TextB}.

%% What is left of it all.
table(#run{pids = Pids, alive = Alive} = Run) ->
	Names = lists:sort([Name || {Name, Pid} <- maps:to_list(Pids),
			    lists:member(Pid, Alive)]),
	lists:foldl(fun (Name, R) -> say(state(Name, R), R) end,
		    say("> end", Run), Names).

state(Name, Run) ->
	[{links, Linked}, {monitored_by, Watchers}, {trap_exit, Traps}] =
		process_info(pid(Name, Run),
			     [links, monitored_by, trap_exit]),
	Links = lists:sort([[" ", name(Pid, Run)] || Pid <- Linked]),
	Monitors = [Pid || Pid <- Watchers, Pid =/= self(),
		    not lists:member(Pid, Run#run.clients)],
	[Name, " lives",
	 case Traps of true -> ", traps"; false -> "" end,
	 case Links of [] -> ""; _ -> [", linked to", Links] end,
	 case Monitors of
		[] -> "";
		_ -> io_lib:format(", monitors ~b", [length(Monitors)])
	 end].

alive(Name, Run) ->
	lists:member(pid(Name, Run), Run#run.alive).

pid(Name, #run{pids = Pids}) ->
	maps:get(Name, Pids).

name(Pid, #run{names = Names}) ->
	maps:get(Pid, Names).

text(Parts, Run) ->
	[case Part of
		_ when is_pid(Part) -> name(Part, Run);
		_ -> Part
	 end || Part <- Parts].

say(Line, #run{lines = Lines} = Run) ->
	Run#run{lines = [Line | Lines]}.
