#!/usr/bin/env python3
"""Shows Foley at work on a ShotGrid site; `make run SITE=shotgrid` calls it.

    etc/demo/shotgrid_demo.py BUILD [--every SECONDS] [--rounds N]

Starts a simulated ShotGrid site and foleyd with the plugins finish_shot and greeter, and plays an artist who changes the status
of a task every few seconds. finish_shot finishes a shot on the site when its last task is. Now and then a change commits late, as
on a real site: its event is missed, waited for, and handled when it appears. Says on the terminal what happened. Ctrl-C,
SIGTERM or a closed terminal end everything; nothing stays running, and the folder that all of it lived in is removed.

With --rounds it ends by itself after so many changes, with 1 if something did not happen.
"""

import json
import os
import random
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from stage import KEY, USER, Problem, Stage, clock, perform, say  # noqa: E402, after the line above

NEXT = {"wtg": "ip", "ip": "fin", "fin": "ip"}
EACH_LATE = 3  # of so many changes the last commits late


class Demo(Stage):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.random = random.Random()
        self.heard = []  # what the log says of greeter; only appended to
        self.round = 0

    def hear(self, line):
        if "greeter" in line:
            self.heard.append(line)

    # ── the site ──

    def read(self, entity, *fields):
        answer = self.site.request("api3/json", {"method_name": "read", "params": [
            {"script_name": USER, "script_key": KEY},
            {"type": entity, "return_fields": list(fields), "filters": {"logical_operator": "and", "conditions": []},
             "paging": {"entities_per_page": 100, "current_page": 1}}]})
        if "results" not in answer:
            raise Problem(f"The simulated site refused a question: {answer}")
        return answer["results"]["entities"]

    def set_status(self, entity, identity, status):
        """Returns the id of the event."""
        change = {"type": entity, "id": identity, "fields": {"sg_status_list": status}}
        return self.site.call("change", change)["events"][0]

    def shot_status(self, identity):
        return next(shot["sg_status_list"] for shot in self.read("Shot", "sg_status_list") if shot["id"] == identity)

    # ── playing ──

    def wait_for(self, what, started, condition):
        """Says how long that took. False: it has not happened yet."""
        limit = time.monotonic() + (30 if self.rounds else max(self.every, 3.0))
        while not condition():
            self.daemon.check()
            if time.monotonic() > limit:
                if self.rounds:
                    raise Problem(f"This did not happen within 30 s: {what}.")
                say(f"          not yet: {what} (is a plugin paused, or changed? it will catch up)")
                return False
            time.sleep(0.01)
        say(f"          {what}   {(time.monotonic() - started) * 1000:.0f} ms after that")
        return True

    def greeted(self, task, mark):
        return any(f"Task {task['id']} " in line for line in self.heard[mark:])

    def title(self, task):
        return f"{task['content']} of {task['entity']['name']}"

    def play_one(self):
        self.round += 1
        tasks = self.read("Task", "content", "entity", "sg_status_list")
        task = self.random.choice(tasks)
        if self.round % EACH_LATE == 0:
            self.change_late(task, self.random.choice([other for other in tasks if other["id"] != task["id"]]))
        else:
            self.change(task, tasks)

    def change(self, task, tasks):
        mark, old, new = len(self.heard), task["sg_status_list"], NEXT[task["sg_status_list"]]
        shot = task["entity"]
        others_done = all(other["sg_status_list"] == "fin" for other in tasks
                          if other["entity"]["id"] == shot["id"] and other["id"] != task["id"])
        if old == "fin":
            self.set_status("Shot", shot["id"], "ip")
        event, started = self.set_status("Task", task["id"], new), time.monotonic()
        say(f"{clock()}  the artist sets {self.title(task)}: {old} -> {new}, event {event}")
        self.wait_for("greeter greets it", started, lambda: self.greeted(task, mark))
        if new == "fin" and others_done:
            self.wait_for(f"finish_shot finishes {shot['name']}, whose tasks are all done", started,
                          lambda: self.shot_status(shot["id"]) == "fin")

    def change_late(self, task, other):
        """The site gives an event its id before it can be seen; what is written meanwhile has a higher one."""
        mark = len(self.heard)
        self.site.call("hold", {"on": True})
        old, new = task["sg_status_list"], NEXT[task["sg_status_list"]]
        late = self.set_status("Task", task["id"], new)
        self.site.call("hold", {"on": False})
        say(f"{clock()}  the artist sets {self.title(task)}: {old} -> {new}, in a long transaction: event {late}"
            " has its id and cannot be seen yet")
        old, new = other["sg_status_list"], NEXT[other["sg_status_list"]]
        event, started = self.set_status("Task", other["id"], new), time.monotonic()
        say(f"          meanwhile {self.title(other)} is set: {old} -> {new}, event {event}")
        self.wait_for("greeter greets that one", started, lambda: self.greeted(other, mark))
        self.wait_for(f"Foley knows that {late} is missing, and asks for it", started,
                      lambda: str(late) in self.missing())
        self.site.call("release", {"ids": [late]})
        started = time.monotonic()
        say(f"          the transaction commits: event {late} can be seen")
        self.wait_for("greeter greets it, too", started, lambda: self.greeted(task, mark))

    def missing(self):
        """The ids that the source waits for, as foleyctl shows them."""
        told = subprocess.run([self.program("foleyctl"), "--json", "sources", "demo"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, "FOLEY_SOCKET": self.socket()}, check=False)
        try:
            return json.loads(told.stdout)["more"]["missing"]
        except (ValueError, KeyError) as error:
            raise Problem(f"foleyctl does not show the source: {told.stdout.decode(errors='replace')}") from error

    def run(self):
        self.make_folder("There is no folder that the demo could write to.")
        self.start_site("sim-shotgrid", ["--script", USER, "--key", KEY, "--sequences", "1", "--shots", "2",
                                         "--last-event-id", "4000"])
        plugins = self.link_plugin("finish_shot", os.path.join("tests", "examples", "sdk_example_finish_shot.so"))
        self.write_configuration(CONFIGURATION, plugins=plugins)
        self.start_daemon("greeter", lambda: "finish_shot is running" in self.log_text())
        self.introduce("ShotGrid", "", "finish_shot, greeter and fragile", TRIES.replace("SITE", self.site.url))
        self.play()

    def log_text(self):
        with open(self.daemon.log, encoding="utf-8", errors="replace") as file:
            return file.read()


TRIES = """\
  {ctl} sources demo                the event log, as Foley follows it: missing ids, late events
  {ctl} events                      what came from the site
  {ctl} plugins finish_shot         one plugin, in full; its source: sdk/examples/finish_shot

  edit a plugin     change a text in etc/demo/greeter.cpp, then build it; it reloads between two events:
                    cmake --build --preset {preset} --target greeter
  crash one         {ctl} emit '{{"type": "demo.crash"}}'
                    {ctl} plugins fragile             the others went on; this one is disabled, and why
                    {ctl} enable fragile --skip-event
  break the site    curl SITE/sim/mode -d '{{"maintenance": true}}'     then look at `sources demo`, and mend it
                    curl SITE/sim/mode -d '{{"maintenance": false}}'
"""

CONFIGURATION = """\
# What `make run SITE=shotgrid` runs. A configuration to start from, with every key explained, is etc/foley.yaml.
state_dir: {folder}/state
control:
  socket: {socket}
log:
  level: info
sites:
  demo:
    kind: shotgrid
    url: {url}
    user: {user}
    api_key: {{file: {key}}}
sources:
  demo:
    kind: shotgrid
    site: demo
    poll: 200ms
    poll_idle: 500ms
plugin_directories:
  - {plugins}
  - {playground}
trusted_groups: [{group}]
rescan: 500ms
settle: 200ms
"""

perform(Demo, __doc__)
