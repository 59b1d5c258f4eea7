"""A lamp that speaks MQTT over TLS with Eclipse Paho: readings with QoS 0, 1 and 2, one command, its result.

Arguments: MQTT version (3 or 5), port, certificate, code, secret, property, day. Each step is told on its own line.
"""

import json
import queue
import sys

import paho.mqtt.client as mqtt

VERSION, PORT, AUTHORITY, CODE, SECRET, PROPERTY, DAY = sys.argv[1:]
PATIENCE_SECONDS = 20


def connected(secret):
    """A client that has tried to sign in, the code of the answer, and what it hears."""
    heard = queue.Queue()
    client = mqtt.Client(protocol=mqtt.MQTTv5 if VERSION == "5" else mqtt.MQTTv311)
    client.username_pw_set(CODE, secret)
    client.tls_set(ca_certs=AUTHORITY)
    client.on_connect = lambda *told: heard.put(("connected", int(getattr(told[3], "value", told[3]))))
    client.on_subscribe = lambda *told: heard.put(("subscribed", int(getattr(told[3][0], "value", told[3][0]))))
    client.on_message = lambda _client, _data, message: heard.put(("message", json.loads(message.payload)))
    client.connect("127.0.0.1", int(PORT))
    client.loop_start()
    return client, heard


def next_of(heard, kind):
    told, value = heard.get(timeout=PATIENCE_SECONDS)
    assert told == kind, (told, value)
    return value


def tell(line):
    print(line, flush=True)


stranger, heard = connected("another")
assert next_of(heard, "connected") != 0
stranger.loop_stop()
tell("wrong secret refused")

lamp, heard = connected(SECRET)
assert next_of(heard, "connected") == 0
lamp.subscribe("things/ANOTHER/commands", 1)
assert next_of(heard, "subscribed") >= 128
tell("another's topic refused")
lamp.subscribe(f"things/{CODE}/commands", 1)
assert next_of(heard, "subscribed") == 1

for qos in (0, 1, 2):
    hour = 9 + qos
    reading = {"time": f"{DAY}T{hour:02}:00:00+08:00", "values": {PROPERTY: hour}}
    lamp.publish(f"things/{CODE}/readings", json.dumps(reading), qos).wait_for_publish(PATIENCE_SECONDS)
tell("published")

command = next_of(heard, "message")
tell(command["name"])
result = {"id": command["id"], "ok": True, "result": {"power": 0}}
lamp.publish(f"things/{CODE}/results", json.dumps(result), 2).wait_for_publish(PATIENCE_SECONDS)
lamp.disconnect()
lamp.loop_stop()
