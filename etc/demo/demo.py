#!/usr/bin/env python3
"""Shows Foley at work; `make run` calls it.

    etc/demo/demo.py BUILD [--every SECONDS] [--rounds N]

Starts a simulated ftrack site and foleyd with the plugin hammertrack, makes a small tree of folders, and plays an artist who
changes the location of a task every few seconds. Hammertrack writes the locations as labels: extended attributes of the
folders. Says on the terminal what happened to which folder. Ctrl-C, SIGTERM or a closed terminal end everything; nothing stays
running, and the folder that all of it lived in is removed.

With --rounds it ends by itself after so many changes, with 1 if a label did not follow.
"""

import os
import random
import sys
import time

sys.dont_write_bytecode = True
from stage import KEY, USER, Problem, Stage, clock, perform, say  # noqa: E402, after the line above

PLACES = {"yul": "Montreal", "lax": "Los Angeles", "yyz": "Toronto", "muc": "Munich"}
ATTRIBUTE = "user.foley.label."
KEY_OF_ATTRIBUTE = "hs_location"


class Wish:
    """A task or a version, the locations that the artist chose for it, and the paths that it labels."""

    def __init__(self, identity, title, paths):
        self.identity, self.title, self.paths = identity, title, paths
        self.places = set()


def labels_of(folder):
    return {name[len(ATTRIBUTE):] for name in os.listxattr(folder) if name.startswith(ATTRIBUTE)}


def words(labels):
    return " ".join(sorted(labels)) or "none"


class Demo(Stage):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.wishes = []
        self.random = random.Random()

    # ── making ──

    def fits(self, folder):
        os.setxattr(folder, ATTRIBUTE + "probe", b"1")
        os.removexattr(folder, ATTRIBUTE + "probe")

    def meet_project(self):
        for task in self.site.call("demo")["tasks"]:
            title = f"{task['name']} of {os.path.basename(task['folder'])}"
            self.wishes.append(Wish(task["id"], f"the task {title}", [task["folder"]]))
            # An image sequence is labelled by its folder.
            self.wishes.append(Wish(task["version"], f"version 1 of {title}",
                                    [task["file"], os.path.dirname(task["frames"])]))

    # ── playing ──

    def play_one(self):
        wish = self.random.choice(self.wishes)
        places = wish.places
        while places == wish.places:
            places = {place for place in PLACES if self.random.random() < 0.4}
        before = {path: self.labels(path) for path in wish.paths}
        say(f"{clock()}  the artist moves {wish.title}: {words(wish.places)} -> {words(places)}")
        wish.places = places
        started = time.monotonic()
        self.site.call("set", {"entity": wish.identity, "key": KEY_OF_ATTRIBUTE, "values": sorted(places)})
        # What several ask for stays until the last of them takes it back.
        wanted = {path: set().union(*(each.places for each in self.wishes if path in each.paths))
                  for path in wish.paths}
        waiting, limit = set(wish.paths), started + (30 if self.rounds else max(self.every, 2.0))
        while waiting and time.monotonic() < limit:
            self.daemon.check()
            for path in sorted(waiting):
                if self.labels(path) == wanted[path]:
                    waiting.remove(path)
                    self.tell(path, before[path], wanted[path], time.monotonic() - started)
            time.sleep(0.005)
        for path in sorted(waiting):
            if self.rounds:
                raise Problem(f"{path} has the labels {words(self.labels(path))} after 30 s,"
                              f" not {words(wanted[path])}.")
            say(f"          {path}: {words(self.labels(path))}, not yet {words(wanted[path])}"
                " (is hammertrack paused? it will catch up)")

    def labels(self, path):
        return labels_of(os.path.join(self.share, path))

    def tell(self, path, before, after, seconds):
        if before == after:
            say(f"          {path}: stays {words(after)}, which another task asks for too")
        else:
            say(f"          {path}: {words(before)} -> {words(after)}   {seconds * 1000:.0f} ms after the change")

    def run(self):
        self.make_folder("No folder here can carry extended attributes (user.…), which the demo writes labels as.")
        self.share = os.path.join(self.folder, "share")
        os.mkdir(self.share)
        self.start_site("sim-ftrack", ["--user", USER, "--key", KEY, "--mount", self.share, "--make-tree", self.share,
                                       "--shots", "2"])
        self.meet_project()
        plugins = self.link_plugin("hammertrack", os.path.join("plugins", "hammertrack.so"))
        menu = "\n".join(f"        {value}: {name}" for value, name in PLACES.items())
        self.write_configuration(CONFIGURATION, plugins=plugins, share=self.share, menu=menu)
        self.start_daemon("hammertrack", lambda: self.site.call("state")["subscriptions"] > 0)
        self.introduce("ftrack", f"  the tree      {self.share}/demo\n", "hammertrack, greeter and fragile",
                       TRIES.replace("TREE", os.path.relpath(self.share, os.getcwd())))
        self.play()


TRIES = """\
  {ctl} plugins hammertrack         one plugin, in full
  {ctl} events                      what came from the site
  getfattr -Rd TREE/demo

  edit a plugin     change a text in etc/demo/greeter.cpp, then build it; it reloads between two events:
                    cmake --build --preset {preset} --target greeter
  crash one         {ctl} emit '{{"type": "demo.crash"}}'
                    {ctl} plugins fragile             the others went on; this one is disabled, and why
                    {ctl} enable fragile --skip-event
  stop one          {ctl} pause hammertrack           then look at its lag, and resume it
"""

CONFIGURATION = """\
# What `make run` runs. A configuration to start from, with every key explained, is etc/foley.yaml.
state_dir: {folder}/state
control:
  socket: {socket}
log:
  level: info
sites:
  demo:
    kind: ftrack
    url: {url}
    user: {user}
    api_key: {{file: {key}}}
sources:
  demo:
    kind: ftrack
    site: demo
    topics: [ftrack.update, ftrack.location.*]
plugin_directories:
  - {plugins}
  - {playground}
trusted_groups: [{group}]
rescan: 500ms
settle: 200ms
plugins:
  hammertrack:
    settings:
      label_store: xattr
      mount: {share}
      menu:
{menu}
"""


perform(Demo, __doc__)
