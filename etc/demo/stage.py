"""What the demos of `make run` have in common: children that end with us, a foleyd in a folder of its own, and the end of it all."""

import argparse
import ctypes
import grp
import json
import os
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
USER, KEY = "foley@demo.example", "demo-key"
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
        print(text + "\n", end="", flush=True)  # in one piece: several threads have something to say
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
    """A simulated site's door for people and tests: control.hpp of the site below tests/sites."""

    def __init__(self, url):
        self.url = url
        # Proxies are for the world, not for a site on this machine.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, path, body=None):
        return self.request(f"sim/{path}", body)

    def request(self, path, body=None):
        request = urllib.request.Request(f"{self.url}/{path}", None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise Problem(f"The simulated site refused {path} {body}: {said}") from error
        except OSError as error:
            raise Problem(f"The simulated site did not answer: {error}") from error


class Stage:
    """A site, a foleyd that follows it, and one round after the other of something that happens. A demo says which."""

    def __init__(self, build, every, rounds):
        self.build, self.every, self.rounds = os.path.realpath(build), every, rounds
        self.children = []
        self.folder = self.socket_folder = None
        self.ending = False

    # ── what a demo says ──

    def fits(self, folder):
        """Whether the demo can live in this folder. Throws OSError, too, if not."""
        return True

    def play_one(self):
        raise NotImplementedError

    def hear(self, line):
        """A line of the daemon's log."""

    # ── making ──

    def make_folder(self, otherwise):
        """Beside the build; else in a folder for temporary files."""
        for place in (os.path.dirname(self.build), "/var/tmp", tempfile.gettempdir()):
            try:
                folder = tempfile.mkdtemp(prefix="foley-run-", dir=place)
            except OSError:
                continue
            try:
                self.fits(folder)
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            self.folder = folder
            break
        else:
            raise Problem(otherwise)
        self.socket_folder = self.folder
        if len(self.folder) > 80:  # the path of a socket has at most 107 bytes
            self.socket_folder = tempfile.mkdtemp(prefix="foley-run-")

    def program(self, name):
        for place in ("bin", os.path.join("tests", "sites"), "tests"):
            path = os.path.join(self.build, place, name)
            if os.access(path, os.X_OK):
                return path
        raise Problem(f"There is no program {name} below {self.build}: call `make run`, which builds it.")

    def start_site(self, name, options):
        ready = os.path.join(self.folder, "site.port")
        child = Child(name, [self.program(name), "--port", "0", "--port-file", ready, *options],
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

    def write_key(self):
        key = os.path.join(self.folder, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(KEY + "\n")
        return key

    def link_plugin(self, name, library):
        """Makes a library of the build a plugin of this name; returns the folder of them all."""
        plugins = os.path.join(self.folder, "plugins")
        os.makedirs(plugins, exist_ok=True)
        os.symlink(os.path.join(self.build, library), os.path.join(plugins, f"{name}.so"))
        return plugins

    def playground(self):
        return os.path.join(self.build, "demo", "plugins")

    def write_configuration(self, text, **values):
        self.configuration = os.path.join(self.folder, "foley.yaml")
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(text.format(folder=self.folder, socket=self.socket(), url=self.site.url, user=USER,
                                   key=self.write_key(), playground=self.playground(),
                                   group=grp.getgrgid(os.getegid()).gr_name, **values))

    def socket(self):
        return os.path.join(self.socket_folder, "control.sock")

    def start_daemon(self, plugin, follows):
        """Returns when this plugin runs and `follows` says that the source does."""
        log = os.path.join(self.folder, "foleyd.log")
        self.daemon = Child("foleyd", [self.program("foleyd"), "--config", self.configuration], log)
        self.children.append(self.daemon)
        threading.Thread(target=self.relay, args=(log,), daemon=True).start()

        def ready():
            self.daemon.check()
            with open(log, encoding="utf-8", errors="replace") as file:
                return f"{plugin} is running" in file.read() and follows()
        await_it(f"The start of foleyd and of {plugin}", 60, ready)

    def relay(self, log):
        """Shows what the daemon says of the plugins that are there to be played with, and what went wrong."""
        with open(log, encoding="utf-8", errors="replace") as file:
            rest = ""
            while not self.ending:
                rest += file.readline()
                if not rest.endswith("\n"):
                    time.sleep(0.02)
                    continue
                self.hear(rest.strip())
                if re.match(r"[0-9]{2}:.*(greeter|fragile|warning|error)", rest):
                    say(f"          foleyd: {rest.strip()}", dim=True)
                rest = ""

    # ── playing ──

    def introduce(self, site, more, plugins, tries):
        ctl = os.path.relpath(self.program("foleyctl"), ROOT)
        say(f"""
Foley is running. All of it lives in {self.folder} and goes away with Ctrl-C.

  the site      {self.site.url}, a simulated {site}
{more}  the daemon    foleyd, process {self.daemon.process.pid}, with the plugins {plugins}

To try, in another terminal, in {ROOT}:

  export FOLEY_SOCKET={self.socket()}
  {ctl} status                      how everything is
{tries.format(ctl=ctl, preset=os.path.basename(self.build))}""")

    def play(self):
        count = 0
        while self.rounds == 0 or count < self.rounds:
            self.play_one()
            count += 1
            until = time.monotonic() + self.every
            while time.monotonic() < until and not (self.rounds and count == self.rounds):
                self.daemon.check()
                time.sleep(0.1)

    # ── ending ──

    def end(self):
        self.ending = True
        for child in reversed(self.children):
            child.end(25 if child.name == "foleyd" else 5)
        for folder in {self.folder, self.socket_folder} - {None}:
            shutil.rmtree(folder, ignore_errors=True)


def perform(make, description):
    """Runs the demo that `make` makes until its end; ends the program with the status that says how that was."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="the build directory")
    parser.add_argument("--every", type=float, default=4.0, metavar="SECONDS", help="between two changes")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="end after so many changes")
    arguments = parser.parse_args()
    end_on_signals()
    demo, status = make(arguments.build, arguments.every, arguments.rounds), 0
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
