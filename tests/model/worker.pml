/* SPDX-License-Identifier: MIT */
/*
 * worker.pml - a process that writes lines exactly once (worker/supworker.h).
 */

/* What the next one is to begin with: the rest of the line that was saved.
   A line cannot be composed again: it depends on who composes it. */
inline recover()
{
	line = saved_line;
	if
	:: line == 0 -> at = UNITS
	:: else ->
#if defined(CHECKPOINT_ALONE)
		at = saved_done;
#elif defined(SINK_FILE)
		at = out - (line - 1) * UNITS;
#else
#if defined(LAST_COUNT_ALONE)
		at = last_written;
#else
		at = written[saved_identity];
#endif
		at = saved_done +
		     (at > saved_position -> at - saved_position : 0);
		at = (at > UNITS -> UNITS : at);
#endif
		text = (at < UNITS -> saved_text : 0)
	fi
}

inline compose()
{
	if
	:: at == UNITS ->
		line++;
		at = 0;
		text = 1 + p
	:: else
	fi
}

/* One step: the checkpoint file guarantees that.  Of counts only differences
   matter, so they begin anew here; and of the dead only the one whose position
   is saved. */
inline save()
{
	saved_line = line;
	saved_text = text;
	saved_done = at;
	process[p].wchar = 1;
	saved_position = 1;
	if
	:: saved_identity != process[p].identity ->
		written[saved_identity] = 0
	:: else
	fi;
	saved_identity = process[p].identity
}

/* write(2) may be cut short by SIGKILL behind any unit; what has arrived has
   been counted. */
inline write_unit()
{
	assert(out == (line - 1) * UNITS + at);
	assert(at == 0 || out_text == text);
	out++;
	process[p].wchar++;
	at++;
	text = (at < UNITS -> text : 0);
	out_text = text
}

proctype worker(byte p)
{
	byte line, at, text;

	do
	:: {
		/* A standby waits here.  What it writes before its first save
		   (messages, the checkpoint itself) counts, too. */
		atomic {
			IS_PRIMARY(p);
			descendants[process[p].node] = true;
			process[p].wchar++;
			recover()
		}
		do
		:: d_step {
			at < UNITS || line < LINES;
			compose();
#ifndef INTENT_AFTER_WRITE
			save()
#endif
		   }
		   do
		   :: d_step { at < UNITS -> write_unit() }
		   :: at == UNITS -> break
		   od;
#ifdef INTENT_AFTER_WRITE
		   skip;
		   d_step { save() }
#endif
		od
	   } unless {
		atomic {
			kill?eval(p);
			line = 0;
			at = 0;
			text = 0;
#ifdef BY_LOCK
			/* What it writes now is as if it were killed later. */
			process[p].life = DYING
		}
		atomic {
#endif
#ifdef EARLY
			process[p].life = ENDING;
			if
			:: descendants[process[p].node] = false
			:: true
			fi
		}
		atomic {
#endif
			process[p].life = ZOMBIE
		}
	   }
	od
}
