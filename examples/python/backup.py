#!/usr/bin/env python3
"""Backs an app up over RabbitMQ and opens the archive. Needs nothing but pika:

    pip install pika
    AMQP_URL='amqp://my-app%3Aci:secret@localhost/' python3 backup.py my-app my-app.zip

The user of AMQP_URL is a client of Reprise with the role Owner: see docs/reference/amqp.md. An installation that has another
name than reprise is named by REPRISE_INSTALLATION.
"""
import json
import os
import sys
import urllib.request
import uuid
import zipfile
from urllib.parse import unquote, urlsplit

import pika

PATIENCE_S = 600
ENDS = ("backup.completed", "backup.failed", "backup.cancelled")


def back_up(url, installation, app, path):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()

    # One queue of our own for answers and facts, bound before we ask, so that nothing is missed.
    queue = channel.queue_declare("", exclusive=True).method.queue
    for end in ENDS:
        channel.queue_bind(queue, f"{installation}.facts", f"{end}.{app}")

    message_id = str(uuid.uuid4())
    channel.basic_publish(
        f"{installation}.requests",
        "backup.start",
        json.dumps({"app": app}),
        pika.BasicProperties(
            type="reprise.backup.start.v1",
            content_type="application/json",
            # The broker checks it: by it Reprise knows who asks.
            user_id=unquote(urlsplit(url).username or "guest"),
            # The same when this is sent again: then there is still one backup.
            message_id=message_id,
            correlation_id=message_id,
            reply_to=queue,
            delivery_mode=pika.DeliveryMode.Persistent,
        ),
        mandatory=True,
    )

    # A short backup may end before its answer is here.
    job, ends = None, {}
    for method, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=PATIENCE_S):
        if method is None:
            raise SystemExit(f"Nothing was heard for {PATIENCE_S} seconds.")
        content = json.loads(body)
        if properties.type == "reprise.error.v1":
            raise SystemExit(f"Refused: {content['error']['message']} ({content['error']['code']})")
        if properties.type == "reprise.backup.start.reply.v1":
            job = content["jobId"]
            print(f"The backup {job} is started.")
        else:
            ends[content["jobId"]] = content
        if job in ends:
            break
    connection.close()

    end = ends[job]
    if "archive" not in end:
        raise SystemExit(f"There is no archive: {end.get('error', {}).get('message', 'somebody cancelled it.')}")
    print(f"It is completed: {end['events']} events, {end['assets']} asset files.")
    urllib.request.urlretrieve(end["archive"]["url"], path)
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        if damaged:
            raise SystemExit(f"{damaged} in {path} is damaged.")
        print(f"{path} is whole: {len(archive.namelist())} entries, {os.path.getsize(path)} bytes.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    environment = os.environ.get
    back_up(environment("AMQP_URL", "amqp://guest:guest@localhost/"), environment("REPRISE_INSTALLATION", "reprise"), sys.argv[1], sys.argv[2])
