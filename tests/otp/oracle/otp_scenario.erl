%% SPDX-License-Identifier: MIT
%% otp_scenario - reads a scenario: the tree as OTP's specs, and the script.
-module(otp_scenario).
-export([read/1, child/3, words/1]).

-record(tree, {
	flags = #{},   % supervisor's name => its flags
	children = #{} % supervisor's name => [child's {Name, Keys}], last first
}).

%% {Supervisors, Parents, Script}: functions of the trace that they shall tell
%% for the specs, Name => its supervisor's, and the lines from `boot` on.
read(File) ->
	{ok, Text} = file:read_file(File),
	Lines = [L || L <- string:lexemes(binary_to_list(Text), "\n"),
		      hd(L) =/= $#],
	{Tree, Script} = lists:splitwith(fun (L) -> L =/= "boot" end, Lines),
	{Declared, First} = lists:foldl(fun declare/2, {#tree{}, []}, Tree),
	Parents = maps:from_list([{Name, Parent} ||
		{Parent, Children} <- maps:to_list(Declared#tree.children),
		{Name, _, _} <- Children]),
	{fun (Trace) -> specs(Declared, Trace) end, Parents,
	 lists:reverse(First) ++ Script}.

declare(Line, {Tree, Script}) ->
	case words(Line) of
		["supervisor", Name | Keys] ->
			{declare(supervisor, Name, keys(Keys), Tree), Script};
		["child", Name | Keys] ->
			{declare(worker, Name, keys(Keys), Tree), Script};
		_ -> % how children will behave
			{Tree, [Line | Script]}
	end.

declare(Type, Word, Keys, #tree{flags = Flags, children = Children} = Tree) ->
	Name = list_to_atom(Word),
	Flags1 = case Type of
		supervisor -> Flags#{Name => flags(Keys)};
		worker -> Flags
	end,
	Children1 = case Keys of
		#{"in" := In} ->
			Parent = list_to_atom(In),
			Old = maps:get(Parent, Children, []),
			Children#{Parent => [{Name, Type, Keys} | Old]};
		#{} ->
			Children
	end,
	Tree#tree{flags = Flags1, children = Children1}.

flags(Keys) ->
	#{strategy => list_to_atom(maps:get("strategy", Keys, "one_for_one")),
	  intensity => list_to_integer(maps:get("intensity", Keys, "1")),
	  period => list_to_integer(maps:get("period", Keys, "5")),
	  auto_shutdown =>
		list_to_atom(maps:get("auto_shutdown", Keys, "never"))}.

specs(#tree{flags = Flags, children = Children}, Trace) ->
	maps:map(fun (Name, #{strategy := Strategy} = F) ->
		{F, [spec(Child, Strategy, Trace) ||
			Child <- lists:reverse(maps:get(Name, Children, []))]}
	end, Flags).

%% A child that the script starts.
child(Name, Keys, Trace) ->
	spec({Name, worker, keys(Keys)}, one_for_one, Trace).

spec({Name, Type, Keys}, Strategy, Trace) ->
	Default = case Type of supervisor -> "infinity"; worker -> "5" end,
	Shutdown = case maps:get("shutdown", Keys, Default) of
		"infinity" -> infinity;
		"brutal_kill" -> brutal_kill;
		Seconds -> list_to_integer(Seconds) * 1000
	end,
	Start = case {Type, Strategy} of
		{supervisor, _} -> {otp_sup, start_link, [Trace, Name]};
		{worker, simple_one_for_one} ->
			{otp_child, start_link, [Trace]};
		{worker, _} -> {otp_child, start_link, [Trace, Name]}
	end,
	#{id => Name, start => Start, type => Type, shutdown => Shutdown,
	  restart => list_to_atom(maps:get("restart", Keys, "permanent")),
	  significant => maps:get("significant", Keys, "no") =:= "yes"}.

words(Line) ->
	string:lexemes(Line, " \t").

keys(Words) ->
	maps:from_list([list_to_tuple(string:split(W, "=")) || W <- Words]).
