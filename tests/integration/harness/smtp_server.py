#!/usr/bin/python3
"""An SMTP server on loopback for tests (aiosmtpd): every mail it takes becomes a JSON file.

    smtp_server.py DIRECTORY [--certificate FILE --key FILE [--tls | --starttls]] [--login USER PASSWORD]

The port is in DIRECTORY/port as soon as it listens, the mails in DIRECTORY/N.json, from 1. Each file appears whole. Subject and body are
what Python's own mail parser makes of them, not what we think.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(path + ".new", path)


class Keeper:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    async def handle_RCPT(self, _server, _session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("later@"):
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.count += 1
        write(os.path.join(self.directory, f"{self.count}.json"), json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "login": session.auth_data.login.decode() if session.authenticated else "",
            "subject": message["subject"],
            "headers": message.keys(),
            "body": message.get_content().replace("\r\n", "\n"),
            "defects": [str(defect) for defect in message.defects],
            "raw": envelope.original_content.decode("latin-1"),
        }))
        return "250 taken"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--starttls", action="store_true")
    parser.add_argument("--login", nargs=2)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()

    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)

    def knows(_server, _session, _envelope, _mechanism, data):
        good = isinstance(data, LoginPassword) and [data.login.decode(), data.password.decode()] == options.login
        return AuthResult(success=good, handled=False, auth_data=data)

    keeper = Keeper(options.directory)

    def connection():
        arguments = {"tls_context": context, "require_starttls": True} if options.starttls else {}
        if options.login:
            arguments |= {"authenticator": knows, "auth_required": True, "auth_require_tls": options.starttls}
        return SMTP(keeper, hostname="localhost", loop=asyncio.get_running_loop(), **arguments)

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", options.port,
                                                            ssl=context if options.tls else None)
    write(os.path.join(options.directory, "port"), str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(main())
