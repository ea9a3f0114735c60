%% SPDX-License-Identifier: MIT
%% otp_oracle - runs scenarios through the real supervisor, writes their traces.
%%
%% usage: erl +S 1 -noshell -s otp_oracle main -extra DIRECTORY SCENARIO...
%%
%% One scheduler: then a scenario in which nobody can run has come to rest, and
%% it needs no waiting for luck.  OTP's clock is whole seconds: a scenario
%% begins early in one, and one that a slow machine carried beyond it is run
%% again.
-module(otp_oracle).
-export([main/0]).

-define(QUIET, 8).    % times in a row that a scenario must be found at rest
-define(ATTEMPTS, 8). % to run a scenario within its seconds
-define(TOGETHER, 80).

-record(run, {trace, starter, parents, began, ticks = 0}).

main() ->
	load([kernel, stdlib]),
	logger:remove_handler(default),
	ok = logger:add_handler(otp_sup, otp_sup, #{}),
	[Directory | Files] = init:get_plain_arguments(),
	Failed = rounds(Directory, Files, ?ATTEMPTS),
	[io:format(standard_error, "~s: ~0p~n", [File, Why])
	 || {File, Why} <- Failed],
	halt(case Failed of [] -> 0; _ -> 1 end).

%% Nobody shall have to wait for code in the middle of a scenario.
load(Applications) ->
	[{module, M} = code:ensure_loaded(M) || A <- Applications,
		M <- element(2, application:get_key(A, modules))],
	ok = code:ensure_modules_loaded([otp_child, otp_scenario, otp_sup,
					 otp_trace]).

rounds(Directory, Files, Attempts) ->
	Results = together(Directory, Files, []),
	Failed = [{F, Why} || {F, Why} <- Results, Why =/= normal],
	Late = [F || {F, late} <- Failed],
	case Late of
		[] -> Failed;
		_ when Attempts =:= 1 -> Failed;
		_ -> [X || {_, Why} = X <- Failed, Why =/= late] ++
		     rounds(Directory, Late, Attempts - 1)
	end.

together(_, [], Results) ->
	Results;
together(Directory, Files, Results) ->
	{Some, Others} = lists:split(min(?TOGETHER, length(Files)), Files),
	align(),
	Running = [{F, spawn_monitor(fun () -> scenario(Directory, F) end)}
		   || F <- Some],
	Ended = [receive {'DOWN', Ref, _, _, Why} -> {F, Why} end
		 || {F, {_, Ref}} <- Running],
	together(Directory, Others, Ended ++ Results).

%% To just after the beginning of a second.
align() ->
	Millisecond = erlang:monotonic_time(millisecond) -
		      erlang:monotonic_time(second) * 1000,
	timer:sleep(1020 - Millisecond).

scenario(Directory, File) ->
	process_flag(trap_exit, true),
	{Supervisors, Parents, Script} = otp_scenario:read(File),
	Trace = otp_trace:start(Supervisors),
	Run = #run{trace = Trace, parents = Parents,
		   starter = spawn_link(fun () -> starter(Trace) end),
		   began = erlang:monotonic_time(second)},
	End = lists:foldl(fun step/2, Run, Script),
	Lines = otp_trace:call(Trace, lines),
	clear(End),
	Name = filename:basename(File, ".scn") ++ ".trace",
	ok = file:write_file(filename:join(Directory, Name),
			     [[L, $\n] || L <- sorted(Lines)]).

%% The root's parent: it is not the script's process because a start may wait
%% for the script.
starter(Trace) ->
	process_flag(trap_exit, true),
	receive boot -> otp_sup:start_link(Trace, root) end,
	receive {shutdown, Root} -> exit(Root, shutdown) end,
	receive never -> ok end.

step(Line, #run{trace = Trace} = Run) ->
	say(Run, "> ~s", [Line]),
	[Verb | Args] = otp_scenario:words(Line),
	Run1 = perform(list_to_atom(Verb), Args, Run),
	quiet(Trace, 0, ?QUIET),
	Seconds = erlang:monotonic_time(second) - Run#run.began,
	Seconds =:= Run1#run.ticks orelse give_up(Run1, late),
	Run1.

%% Until nobody in the scenario can run, and no line was added.
quiet(_, _, 0) ->
	ok;
quiet(Trace, Before, N) ->
	erlang:yield(),
	{Lines, Pids} = otp_trace:call(Trace, progress),
	Rest = {status, waiting},
	case [P || P <- Pids, process_info(P, status) =/= Rest] of
		[] when Lines =:= Before -> quiet(Trace, Lines, N - 1);
		_ -> quiet(Trace, Lines, ?QUIET)
	end.

perform(boot, [], #run{starter = Starter} = Run) ->
	Starter ! boot,
	Run;
perform(shutdown, [], #run{starter = Starter} = Run) ->
	with(root, [supervisor], Run,
	     fun (Root) -> Starter ! {shutdown, Root} end);
perform(tick, [Seconds], #run{ticks = Ticks} = Run) ->
	N = list_to_integer(Seconds),
	timer:sleep(N * 1000 + 10), % those of N seconds ago have come
	Run#run{ticks = Ticks + N};
perform(exit, [Name, Reason], Run) ->
	with(list_to_atom(Name), [running, starting, stopping], Run,
	     fun (Pid) -> Pid ! {exit, reason(Reason)} end);
perform(signal, [Name, Reason], Run) ->
	with(list_to_atom(Name), [running], Run,
	     fun (Pid) -> exit(Pid, reason(Reason)) end);
perform(kill, [Word], #run{trace = Trace} = Run) ->
	Name = list_to_atom(Word),
	with(Name, [running, starting, stopping], Run, fun (Pid) ->
		otp_trace:call(Trace, {kill, Name}),
		exit(Pid, kill)
	end);
perform(ready, [Name], Run) ->
	with(list_to_atom(Name), [starting], Run,
	     fun (Pid) -> Pid ! ready end);
perform(settle, [], #run{trace = Trace} = Run) ->
	case otp_trace:call(Trace, waiting) of
		[] -> Run;
		[{_, Pid, Phase} | _] ->
			Pid ! case Phase of
				starting -> ready;
				stopping -> {exit, shutdown}
			end,
			quiet(Trace, 0, ?QUIET),
			perform(settle, [], Run)
	end;
perform(Change, [Name], Run) when Change =:= slow; Change =:= quick ->
	otp_trace:call(Run#run.trace, {Change, list_to_atom(Name)}),
	Run;
perform(Plan, [Name, K], Run) when Plan =:= fail; Plan =:= hang ->
	otp_trace:call(Run#run.trace,
		       {Plan, list_to_atom(Name), list_to_integer(K)}),
	Run;
perform(Question, [Name], Run) when Question =:= which_children;
				    Question =:= count_children ->
	ask(list_to_atom(Name), Question, Run);
perform(start_child, [Word | Keys], #run{trace = Trace} = Run) ->
	Name = list_to_atom(Word),
	#{"in" := In} = maps:from_list(
		[list_to_tuple(string:split(K, "=")) || K <- Keys]),
	Parent = list_to_atom(In),
	Request = case string:find(Word, "@") of
		nomatch -> otp_scenario:child(Name, Keys, Trace);
		_ -> [Name]
	end,
	ask(Parent, {start_child, Request},
	    Run#run{parents = (Run#run.parents)#{Name => Parent}});
perform(Call, [Word], #run{parents = Parents} = Run) ->
	Name = list_to_atom(Word),
	Subject = case string:find(Word, "@") of
		nomatch -> Name;
		_ -> instance_pid(Name, Run)
	end,
	ask(maps:get(Name, Parents), {Call, Subject}, Run).

%% Instances go by pid; that of a dead one is nobody's.
instance_pid(Name, #run{trace = Trace}) ->
	case otp_trace:call(Trace, {find, Name}) of
		{Pid, _} -> Pid;
		none -> otp_trace:call(Trace, {dead, Name})
	end.

%% A call of supervisor.erl, by a process of its own: its answer may take long.
ask(Supervisor, Request, Run) ->
	with(Supervisor, [supervisor], Run, fun (Pid) ->
		spawn(fun () -> catch gen_server:call(Pid, Request, infinity)
		      end)
	end).

with(Name, Phases, #run{trace = Trace} = Run, Do) ->
	case otp_trace:call(Trace, {find, Name}) of
		{Pid, Phase} ->
			case lists:member(Phase, Phases) of
				true -> Do(Pid);
				false -> say(Run, "- ~s is ~s", [Name, Phase])
			end;
		none ->
			say(Run, "- ~s is not running", [Name])
	end,
	Run.

say(#run{trace = Trace}, Format, Args) ->
	otp_trace:call(Trace, {line, Format, Args}).

reason("exit:" ++ N) -> {exit, list_to_integer(N)};
reason(Word) -> list_to_atom(Word).

give_up(Run, Why) ->
	clear(Run),
	exit(Why).

%% Ends all that is left, supervisors first: they would start others.
clear(#run{trace = Trace, starter = Starter}) ->
	unlink(Starter),
	exit(Starter, kill),
	{_, Pids} = otp_trace:call(Trace, progress),
	[exit(Pid, kill) || Pid <- Pids],
	unlink(Trace),
	exit(Trace, kill).

%% Instances of a simple_one_for_one are stopped all at once, and their order
%% is nobody's promise: lines about them that stand together are sorted.
sorted([]) ->
	[];
sorted([Line | Lines] = All) ->
	case instance(Line) of
		none ->
			[Line | sorted(Lines)];
		_ ->
			{Group, Rest} = lists:splitwith(
				fun (L) -> instance(L) =/= none end, All),
			Keyed = [{instance(L), L} || L <- Group],
			[L || {_, L} <- lists:sort(Keyed)] ++ sorted(Rest)
	end.

instance(Line) ->
	[Verb | Words] = string:lexemes(Line, " @"),
	Rank = #{"stop" => 1, "kill" => 2, "exit" => 3},
	case {lists:member($@, Line), Rank, Words} of
		{true, #{Verb := R}, [Name, N | _]} ->
			{R, Name, list_to_integer(N)};
		_ ->
			none
	end.
