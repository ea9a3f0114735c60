%% SPDX-License-Identifier: MIT
%% otp_sup - the real supervisor of OTP with a probe around it.
%%
%% A gen_server whose callbacks are those of supervisor.erl; around them it
%% tells the trace what is answered, who gives up and who is down, in the
%% supervisor's own process, so that nothing races.
-module(otp_sup).
-behaviour(gen_server).
-export([start_link/2, init/1, handle_call/3, handle_cast/2, handle_info/2,
	 terminate/2, log/2]).

start_link(Trace, Name) ->
	gen_server:start_link(?MODULE, {?MODULE, Trace, Name}, []).

%% Called by gen_server, and by supervisor:init/1 for the flags and children.
init({?MODULE, Trace, Name}) ->
	put(?MODULE, {Trace, Name}),
	Spec = otp_trace:call(Trace, {up, Name}),
	case supervisor:init({self, ?MODULE, Spec}) of
		{stop, _} = Stop ->
			refuse_calls(),
			down(),
			Stop;
		Up ->
			Up
	end;
init({_Flags, _Children} = Spec) ->
	{ok, Spec}.

handle_call(Request, From, State) ->
	About = about(Request),
	{reply, Answer, _} = Result =
		supervisor:handle_call(Request, From, State),
	tell("= ~s ~s", [About, answer(Answer)]),
	Result.

handle_cast(Message, State) ->
	stopping(supervisor:handle_cast(Message, State)).

handle_info(Message, State) ->
	stopping(supervisor:handle_info(Message, State)).

terminate(Reason, State) ->
	supervisor:terminate(Reason, State),
	refuse_calls(),
	down().

stopping({stop, shutdown, _} = Stop) ->
	{_, Name} = get(?MODULE),
	case get(gave_up) of
		true -> tell("gave_up ~s", [Name]);
		undefined -> tell("auto_shutdown ~s", [Name])
	end,
	Stop;
stopping(Result) ->
	Result.

%% The handler of the logger, which runs in the process that reports.
log(#{msg := {report, #{label := {supervisor, shutdown}, report := Report}}},
    _Config) ->
	case lists:keyfind(reason, 1, Report) of
		{reason, reached_max_restart_intensity} -> put(gave_up, true);
		_ -> ok
	end;
log(_Event, _Config) ->
	ok.

%% The calls whose turn has not come fail in their callers.  In supd who asked
%% for a stop is told ok: it holds.
refuse_calls() ->
	receive
		{'$gen_call', _From, {terminate_child, _} = Request} ->
			tell("= ~s ok", [about(Request)]),
			refuse_calls();
		{'$gen_call', _From, Request} ->
			tell("= ~s stopped", [about(Request)]),
			refuse_calls()
	after 0 ->
		ok
	end.

down() ->
	{Trace, Name} = get(?MODULE),
	otp_trace:call(Trace, {down, Name}).

tell(Format, Args) ->
	{Trace, _} = get(?MODULE),
	otp_trace:call(Trace, {line, Format, Args}).

about({start_child, #{id := Id}}) ->
	["start_child ", atom_to_list(Id)];
about({start_child, [Name]}) ->
	["start_child ", atom_to_list(Name)];
about({Call, Pid}) when is_pid(Pid) ->
	{Trace, _} = get(?MODULE),
	about({Call, otp_trace:call(Trace, {name, Pid})});
about({Call, Id}) ->
	[atom_to_list(Call), $ , atom_to_list(Id)];
about(Call) ->
	{_, Name} = get(?MODULE),
	[atom_to_list(Call), $ , atom_to_list(Name)].

answer(ok) -> "ok";
answer({ok, _}) -> "ok";
answer({error, {already_started, _}}) -> "already_started";
answer({error, Atom}) when Atom =:= already_present; Atom =:= running;
			   Atom =:= restarting; Atom =:= not_found;
			   Atom =:= simple_one_for_one ->
	atom_to_list(Atom);
answer({error, _}) -> "failed";
answer([]) -> "none";
answer([{_, N} | _] = Counts) when is_integer(N) ->
	lists:join($ , [io_lib:format("~s=~b", [C, K]) || {C, K} <- Counts]);
answer(Children) when is_list(Children) -> % newest first
	lists:join(", ", order([child(C) || C <- lists:reverse(Children)])).

child({undefined, Pid, Type, Modules}) when is_pid(Pid) ->
	{Trace, _} = get(?MODULE),
	child({otp_trace:call(Trace, {name, Pid}), Pid, Type, Modules});
child({Id, Pid, Type, _}) when is_pid(Pid) ->
	{Id, running, Type};
child({Id, State, Type, _}) ->
	{Id, State, Type}.

%% The children of a simple_one_for_one have no order: by number.
order(Children) ->
	Number = fun ({Id, _, _}) ->
		case string:split(atom_to_list(Id), "@") of
			[_, N] -> list_to_integer(N);
			[_] -> 0
		end
	end,
	[io_lib:format("~s ~s ~s", [Id, State, Type]) || {_, {Id, State, Type}}
		<- lists:keysort(1, [{Number(C), C} || C <- Children])].
