#!/usr/bin/env python3
"""Shows Foley at work; `make run` calls it.

    etc/demo/demo.py BUILD [--every SECONDS] [--rounds N]

Starts a simulated ftrack site and foleyd with the plugin hammertrack, makes a small tree of folders, and plays an artist who
changes the location of a task every few seconds. Hammertrack writes the locations as labels: extended attributes of the
folders. Says on the terminal what happened to which folder. Ctrl-C, SIGTERM or a closed terminal end everything; nothing stays
running, and the folder that all of it lived in is removed.

With --rounds it ends by itself after so many changes, with 1 if a label did not follow.
"""

import argparse
import ctypes
import grp
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PLACES = {"yul": "Montreal", "lax": "Los Angeles", "yyz": "Toronto", "muc": "Munich"}
ATTRIBUTE = "user.foley.label."
USER, KEY = "foley@demo.example", "demo-key"
KEY_OF_ATTRIBUTE = "hs_location"
PR_SET_PDEATHSIG = 1


class Problem(Exception):
    """A sentence for whoever tries the demo."""


class Ended(Exception):
    """Someone asked for the end."""


def end_on_signals():
    def on_signal(number, _):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # once is enough: the end has limits of its own
        raise Ended(signal.Signals(number).name)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, on_signal)


def say(text="", dim=False):
    if dim and sys.stdout.isatty():
        text = f"\033[2m{text}\033[0m"
    try:
        print(text, flush=True)
    except OSError:
        pass  # the terminal is gone; SIGHUP is on its way


def clock():
    return time.strftime("%H:%M:%S")


def await_it(what, limit, condition):
    """Calls `condition` until it gives something, and returns that."""
    until = time.monotonic() + limit
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise Problem(f"{what} did not happen within {limit} s.")
        time.sleep(0.05)


class Child:
    """A program that ends when we end, however we end, and that Ctrl-C in the terminal does not reach by itself."""

    def __init__(self, name, command, log, **options):
        libc = ctypes.CDLL(None, use_errno=True)
        parent = os.getpid()

        def before_exec():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

        self.name, self.log = name, log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            start_new_session=True, preexec_fn=before_exec, **options)

    def check(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                tail = "".join(file.readlines()[-15:])
            raise Problem(f"{self.name} ended unexpectedly ({self.process.returncode}). Its last lines:\n{tail}")

    def end(self, limit):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(limit)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # whatever it left in its session
        except ProcessLookupError:
            pass
        self.process.wait()


class Site:
    """The simulated site's door for people and tests: tests/sites/ftrack/control.hpp."""

    def __init__(self, url):
        self.url = url
        # Proxies are for the world, not for a site on this machine.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, path, body=None):
        request = urllib.request.Request(f"{self.url}/sim/{path}", body and json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise Problem(f"The simulated site refused {path} {body}: {said}") from error
        except OSError as error:
            raise Problem(f"The simulated site did not answer: {error}") from error

    def set_location(self, entity, places):
        self.call("set", {"entity": entity, "key": KEY_OF_ATTRIBUTE, "values": sorted(places)})


class Wish:
    """A task or a version, the locations that the artist chose for it, and the paths that it labels."""

    def __init__(self, identity, title, paths):
        self.identity, self.title, self.paths = identity, title, paths
        self.places = set()


def labels_of(folder):
    return {name[len(ATTRIBUTE):] for name in os.listxattr(folder) if name.startswith(ATTRIBUTE)}


def words(labels):
    return " ".join(sorted(labels)) or "none"


class Demo:
    def __init__(self, build, every, rounds):
        self.build, self.every, self.rounds = os.path.realpath(build), every, rounds
        self.children, self.wishes = [], []
        self.folder = self.socket_folder = None
        self.ending = False
        self.random = random.Random()

    # ── making ──

    def make_folder(self):
        """Beside the build, where extended attributes work; else in a folder for temporary files."""
        for place in (os.path.dirname(self.build), "/var/tmp", tempfile.gettempdir()):
            try:
                folder = tempfile.mkdtemp(prefix="foley-run-", dir=place)
            except OSError:
                continue
            try:
                os.setxattr(folder, ATTRIBUTE + "probe", b"1")
                os.removexattr(folder, ATTRIBUTE + "probe")
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            self.folder = folder
            break
        else:
            raise Problem("No folder here can carry extended attributes (user.…), which the demo writes labels as.")
        self.socket_folder = self.folder
        if len(self.folder) > 80:  # the path of a socket has at most 107 bytes
            self.socket_folder = tempfile.mkdtemp(prefix="foley-run-")

    def program(self, name):
        for place in ("bin", os.path.join("tests", "sites"), "tests"):
            path = os.path.join(self.build, place, name)
            if os.access(path, os.X_OK):
                return path
        raise Problem(f"There is no program {name} below {self.build}: call `make run`, which builds it.")

    def start_site(self):
        ready = os.path.join(self.folder, "site.json")
        share = os.path.join(self.folder, "share")
        os.mkdir(share)
        child = Child("sim-ftrack", [self.program("sim-ftrack"), "--port", "0", "--port-file", ready, "--user", USER,
                                     "--key", KEY, "--mount", share, "--make-tree", share, "--shots", "2"],
                      os.path.join(self.folder, "site.log"))
        self.children.append(child)

        def port():
            child.check()
            try:
                with open(ready, encoding="utf-8") as file:
                    return int(file.read().strip() or 0)
            except FileNotFoundError:
                return 0
        self.site = Site(f"http://127.0.0.1:{await_it('The start of the simulated site', 20, port)}")
        self.share = share

    def meet_project(self):
        for task in self.site.call("demo")["tasks"]:
            title = f"{task['name']} of {os.path.basename(task['folder'])}"
            self.wishes.append(Wish(task["id"], f"the task {title}", [task["folder"]]))
            # An image sequence is labelled by its folder.
            self.wishes.append(Wish(task["version"], f"version 1 of {title}",
                                    [task["file"], os.path.dirname(task["frames"])]))

    def write_configuration(self):
        key = os.path.join(self.folder, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(KEY + "\n")
        plugins = os.path.join(self.folder, "plugins")
        os.mkdir(plugins)
        os.symlink(os.path.join(self.build, "plugins", "hammertrack.so"), os.path.join(plugins, "hammertrack.so"))
        menu = "\n".join(f"        {value}: {name}" for value, name in PLACES.items())
        self.configuration = os.path.join(self.folder, "foley.yaml")
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(
                folder=self.folder, socket=self.socket(), url=self.site.url, user=USER, key=key, plugins=plugins,
                playground=os.path.join(self.build, "demo", "plugins"), share=self.share, menu=menu,
                group=grp.getgrgid(os.getegid()).gr_name))

    def socket(self):
        return os.path.join(self.socket_folder, "control.sock")

    def start_daemon(self):
        log = os.path.join(self.folder, "foleyd.log")
        self.daemon = Child("foleyd", [self.program("foleyd"), "--config", self.configuration], log)
        self.children.append(self.daemon)
        threading.Thread(target=self.relay, args=(log,), daemon=True).start()

        def ready():
            self.daemon.check()
            with open(log, encoding="utf-8", errors="replace") as file:
                return "hammertrack is running" in file.read() and self.site.call("state")["subscriptions"] > 0
        await_it("The start of foleyd and of hammertrack", 60, ready)

    def relay(self, log):
        """Shows what the daemon says of the plugins that are there to be played with, and what went wrong."""
        with open(log, encoding="utf-8", errors="replace") as file:
            rest = ""
            while not self.ending:
                rest += file.readline()
                if not rest.endswith("\n"):
                    time.sleep(0.1)
                    continue
                if re.match(r"[0-9]{2}:.*(greeter|fragile|warning|error)", rest):
                    say(f"          foleyd: {rest.strip()}", dim=True)
                rest = ""

    # ── playing ──

    def introduce(self):
        ctl = os.path.relpath(self.program("foleyctl"), ROOT)
        say(f"""
Foley is running. All of it lives in {self.folder} and goes away with Ctrl-C.

  the site      {self.site.url}, a simulated ftrack
  the tree      {self.share}/demo
  the daemon    foleyd, process {self.daemon.process.pid}, with the plugins hammertrack, greeter and fragile

To try, in another terminal, in {ROOT}:

  export FOLEY_SOCKET={self.socket()}
  {ctl} status                      how everything is
  {ctl} plugins hammertrack         one plugin, in full
  {ctl} events                      what came from the site
  getfattr -Rd {os.path.relpath(self.share, os.getcwd())}/demo

  edit a plugin     change a text in etc/demo/greeter.cpp, then build it; it reloads between two events:
                    cmake --build --preset {os.path.basename(self.build)} --target greeter
  crash one         {ctl} emit '{{"type": "demo.crash"}}'
                    {ctl} plugins fragile             the others went on; this one is disabled, and why
                    {ctl} enable fragile --skip-event
  stop one          {ctl} pause hammertrack           then look at its lag, and resume it
""")

    def play(self):
        count = 0
        while self.rounds == 0 or count < self.rounds:
            self.change_one()
            count += 1
            until = time.monotonic() + self.every
            while time.monotonic() < until and not (self.rounds and count == self.rounds):
                self.daemon.check()
                time.sleep(0.1)

    def change_one(self):
        wish = self.random.choice(self.wishes)
        places = wish.places
        while places == wish.places:
            places = {place for place in PLACES if self.random.random() < 0.4}
        before = {path: self.labels(path) for path in wish.paths}
        say(f"{clock()}  the artist moves {wish.title}: {words(wish.places)} -> {words(places)}")
        wish.places = places
        started = time.monotonic()
        self.site.set_location(wish.identity, places)
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

    # ── ending ──

    def end(self):
        self.ending = True
        for child in reversed(self.children):
            child.end(25 if child.name == "foleyd" else 5)
        for folder in {self.folder, self.socket_folder} - {None}:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self):
        self.make_folder()
        self.start_site()
        self.meet_project()
        self.write_configuration()
        self.start_daemon()
        self.introduce()
        self.play()


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the build directory")
    parser.add_argument("--every", type=float, default=4.0, metavar="SECONDS", help="between two changes")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="end after so many changes")
    arguments = parser.parse_args()
    end_on_signals()
    demo, status = Demo(arguments.build, arguments.every, arguments.rounds), 0
    try:
        demo.run()
    except Ended:
        say("\nEnding.")
    except Problem as problem:
        say(f"The demo ends: {problem}")
        status = 1
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        demo.end()
    say("Everything has ended; nothing is left running.")
    sys.exit(status)


main()
