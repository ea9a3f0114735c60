/* SPDX-License-Identifier: MIT */
/*
 * test_config_tree.c - who is below whom, instances and templates, and what
 * OTP does not allow.
 */
#include <stdio.h>
#include <string.h>

#include "config_lib.h"

static void
parents_may_come_later(void **state)
{
	(void)state;
	load_good("[child:a]\nsupervisor = s\ncommand = x\n"
		  "[supervisor:s]\nsupervisor = r\n[supervisor:r]\n"
		  "[child:b]\ncommand = x\nsupervisor = root\n");
	assert_int_equal(loaded.config->count, 4);
	assert_string_equal(node("a")->parent, "s");
	assert_string_equal(node("s")->parent, "r");
	assert_string_equal(node("r")->parent, "root");
	assert_string_equal(node("b")->parent, "root");
	assert_string_equal(loaded.config->nodes[0].spec.id, "a");
	assert_string_equal(loaded.config->nodes[3].spec.id, "b");
	assert_string_equal(node("b")->file, "t.ini");
	assert_int_equal(node("b")->line, 7);
}

static void
ids_are_unique_and_root_is_taken(void **state)
{
	(void)state;
	load_bad("[child:a]\ncommand = x\n[supervisor:a]\n[child:root]\n"
		 "command = x\n[supervisor:root]\n"
		 "[child:b]\ncommand = x\ninstances = 2\n"
		 "[child:b@2]\ncommand = x\n",
		 "t.ini:3: the id 'a' is used twice, first at t.ini:1\n"
		 "t.ini:4: the id 'root' is the root supervisor's, whose keys "
		 "stand in [supd]\n"
		 "t.ini:6: the id 'root' is the root supervisor's, whose keys "
		 "stand in [supd]\n"
		 "t.ini:6: the id 'root' is used twice, first at t.ini:4\n"
		 "t.ini:10: the id 'b@2' is an instance of [child:b]'s, at "
		 "t.ini:7\n");
}

static void
supervisors_must_be_there_and_form_a_tree(void **state)
{
	(void)state;
	load_bad("[child:a]\ncommand = x\nsupervisor = no\n"
		 "[supervisor:s]\nsupervisor = nope\n"
		 "[supervisor:x]\nsupervisor = x\n"
		 "[supervisor:k]\nsupervisor = l\n"
		 "[supervisor:l]\nsupervisor = m\n"
		 "[supervisor:m]\nsupervisor = k\n"
		 "[supervisor:n]\nsupervisor = m\n"
		 "[child:b]\nsupervisor = a\ncommand = x\n",
		 "t.ini:3: child a: there is no [supervisor:no]\n"
		 "t.ini:5: supervisor s: there is no [supervisor:nope]\n"
		 "t.ini:7: supervisor x: it is below itself\n"
		 "t.ini:9: supervisor k: it is below itself\n"
		 "t.ini:17: child b: there is no [supervisor:a]\n");
}

static void
instances_are_numbered(void **state)
{
	char id[16];

	(void)state;
	load_good("[child:w]\ncommand = x ${instance}\ninstances = 3\n"
		  "[child:v]\ncommand = x\ninstances = 1\n");
	assert_int_equal(loaded.config->count, 4);
	for (int i = 1; i <= 3; i++) {
		snprintf(id, sizeof(id), "w@%d", i);
		assert_string_equal(loaded.config->nodes[i - 1].spec.id, id);
	}
	assert_string_equal(node("w@3")->text, "command=x 3\n");
	node("v");
	load_good("[child:abcdefghijklmnopqrstuvwxyz_.@-12]\ncommand = x\n"
		  "instances = 2\n");
	node("abcdefghijklmnopqrstuvwxyz_.@-12@2");
	load_bad("[child:a]\ncommand = x\ninstances = 65000\n"
		 "[child:b]\ncommand = x\ninstances = 65000\n",
		 "t.ini:4: there are more than 65534 children and "
		 "supervisors\n");
	load_bad("[child:a]\ncommand = x\numask = ${instance}\n"
		 "instances = 9\n",
		 "t.ini:3: child a: umask = '8': expected 000 to 777\n");
}

static void
what_otp_forbids_is_refused(void **state)
{
	(void)state;
	load_bad("[child:a]\ncommand = x\nsignificant = yes\n"
		 "[supervisor:s]\nauto_shutdown = any_significant\n"
		 "[child:b]\nsupervisor = s\ncommand = x\nsignificant = yes\n"
		 "[child:c]\ncommand = x\nsignificant = yes\n"
		 "restart = temporary\n"
		 "[supervisor:t]\nsignificant = yes\nrestart = transient\n"
		 "[supervisor:u]\nstrategy = simple_one_for_one\n"
		 "auto_shutdown = all_significant\n"
		 "[child:d]\ncommand = x\nsupervisor = u\n",
		 "t.ini:1: child a: significant = yes needs restart = "
		 "transient or temporary\n"
		 "t.ini:3: child a: significant = yes needs auto_shutdown in "
		 "supervisor 'root'\n"
		 "t.ini:6: child b: significant = yes needs restart = "
		 "transient or temporary\n"
		 "t.ini:12: child c: significant = yes needs auto_shutdown in "
		 "supervisor 'root'\n"
		 "t.ini:15: supervisor t: significant = yes needs "
		 "auto_shutdown in supervisor 'root'\n"
		 "t.ini:19: supervisor u: auto_shutdown is not for "
		 "simple_one_for_one\n");
	load_good("[supervisor:s]\nauto_shutdown = any_significant\n"
		  "[child:b]\nsupervisor = s\ncommand = x\n"
		  "significant = yes\nrestart = transient\n"
		  "[supervisor:t]\nsupervisor = s\nsignificant = on\n"
		  "restart = temporary\n");
	assert_true(node("b")->spec.significant);
	assert_true(node("t")->spec.significant);
}

static void
a_template_stands_alone(void **state)
{
	(void)state;
	load_bad("[supd]\nstrategy = simple_one_for_one\n"
		 "[supervisor:s]\nstrategy = simple_one_for_one\n"
		 "[child:a]\ncommand = x\nsupervisor = s\n"
		 "[child:b]\ncommand = x\nsupervisor = s\n"
		 "[supervisor:u]\nsupervisor = s\n"
		 "[supervisor:v]\nstrategy = simple_one_for_one\n"
		 "supervisor = u\n"
		 "[child:c]\nsupervisor = v\ncommand = x\ninstances = 2\n",
		 "t.ini:3: supervisor s: a supervisor cannot be below 'root', "
		 "which is simple_one_for_one\n"
		 "t.ini:10: child b: supervisor 's' is simple_one_for_one and "
		 "has its one [child:] already\n"
		 "t.ini:12: supervisor u: a supervisor cannot be below 's', "
		 "which is simple_one_for_one\n"
		 "t.ini:19: child c: the template of a simple_one_for_one has "
		 "no instances\n");
	load_bad("[supd]\nstrategy = simple_one_for_one\n", "t.ini:2: supd: "
							    "simple_one_for_"
							    "one needs a "
							    "[child:], its "
							    "template\n");
	load_good("[supd]\nstrategy = simple_one_for_one\nstate_dir = /s\n"
		  "[child:a]\n"
		  "command = x ${id} ${instance} ${state_dir} $${id} $$\n"
		  "environment = A=${id}\ndirectory = /${instance}\n");
	assert_string_equal(node("a")->text, "command=x '${id}' '${instance}' "
					     "/s '$${id}' "
					     "'$$'\ndirectory=/${instance}\n"
					     "environment=A=${id}\n");
}

static void
a_limit_that_cannot_be_reached_is_a_warning(void **state)
{
	(void)state;
	load("[supd]\nperiod = 10\n"
	     "[child:a]\ncommand = x\nbackoff = 3s..10s\n"
	     "[child:b]\ncommand = x\nbackoff = 2s..10s\n");
	assert_non_null(loaded.config);
	assert_int_equal(loaded.errors, 0);
	assert_string_equal(loaded.said, "\nt.ini:5: warning: child a: with "
					 "this backoff "
					 "it never reaches the limit of "
					 "supervisor 'root', "
					 "5 restarts in 10000 ms\n");
	load_good("[supd]\nperiod = 10\nintensity = 0\n"
		  "[child:a]\ncommand = x\nbackoff = 3s..10s\n");
}

static void
texts_have_the_order_of_the_table(void **state)
{
	(void)state;
	load_good("[child:a]\nstderr = same\nstdout = null\numask = 22\n"
		  "supervisor = root\nrestart = transient\n"
		  "command =   x   \"a b\"\ninstances = 1\n"
		  "[supervisor:s]\nshutdown = 5m\nperiod = 1h\n"
		  "strategy = rest_for_one\n");
	assert_string_equal(node("a")->text, "command=x 'a "
					     "b'\nrestart=transient\numask=22\n"
					     "stdout=null\nstderr=same\n");
	assert_string_equal(node("s")->text, "strategy=rest_for_one\nperiod="
					     "1h\n"
					     "shutdown=5m\n");
	assert_int_equal(node("s")->spec.shutdown, 300000);
	assert_int_equal(node("s")->spec.strategy, REST_FOR_ONE);
	assert_int_equal(node("s")->spec.period, 3600000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_may_come_later),
		cmocka_unit_test(ids_are_unique_and_root_is_taken),
		cmocka_unit_test(supervisors_must_be_there_and_form_a_tree),
		cmocka_unit_test(instances_are_numbered),
		cmocka_unit_test(what_otp_forbids_is_refused),
		cmocka_unit_test(a_template_stands_alone),
		cmocka_unit_test(a_limit_that_cannot_be_reached_is_a_warning),
		cmocka_unit_test(texts_have_the_order_of_the_table),
	};

	return cmocka_run_group_tests_name("config_tree", tests, folder_make,
					   folder_remove);
}
