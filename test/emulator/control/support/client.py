"""An app and its test in one, with Python's standard library alone: what the control API is for.

Receives signed deliveries, verifies them, answers them by a message, and drives the emulator over HTTP. Prints what
it saw as JSON.
"""

import hashlib
import hmac
import json
import os
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

URL = os.environ["WHATSAPP_GATEWAY_EMULATOR_URL"]
API_KEY = os.environ["WHATSAPP_GATEWAY_API_KEY"]
INSTANCE_ID = os.environ["WHATSAPP_GATEWAY_INSTANCE_ID"]
SECRET = "سر بايثون secret"
CUSTOMER = "+966501234567"


def call(method, path, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data=data, method=method, headers=headers or {})
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def control(method, path, body=None):
    return call(method, "/__emulator/v1" + path, body)


def send(message):
    return call(
        "POST",
        "/api/send-message",
        {
            "instance_id": INSTANCE_ID,
            "phone": CUSTOMER,
            "message": message,
            "message_purpose": "support",
        },
        {"Authorization": "Bearer " + API_KEY},
    )


received = []
sent = []


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        timestamp = self.headers["X-WhatsApp-Gateway-Timestamp"]
        signed = timestamp.encode() + b"." + body
        digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        signature = self.headers.get("X-WhatsApp-Gateway-Signature", "")
        verified = hmac.compare_digest("sha256=" + digest, signature)
        event = json.loads(body)
        received.append({"verified": verified, "body": body.decode(), "event": event})
        if verified and event["event"] == "message.received":
            sent.append(send("رد على: " + event["message_text"]))
        self.send_response(200 if verified else 401)
        self.end_headers()

    def log_message(self, *args):
        pass


def settle(delivery):
    for _ in range(200):
        status, current = control("GET", "/deliveries/" + delivery["id"])
        assert status == 200, current
        if current["state"] != "pending":
            return current
        time.sleep(0.02)
    raise AssertionError("The delivery did not end: " + json.dumps(current))


server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
threading.Thread(target=server.serve_forever, daemon=True).start()
webhook = {"url": "http://127.0.0.1:%d/webhook" % server.server_port, "secret": SECRET}

health = control("GET", "/health")[1]
state = control("PATCH", "/state", {"webhook": webhook})[1]
_, said = control("POST", "/messages", {"from": CUSTOMER, "text": "أين طلبي رقم 1042؟ 🚚"})
delivery = settle(said["delivery"])
messages = control("GET", "/messages?limit=1")[1]["items"]

control("POST", "/faults", {"on": "delivery", "type": "wrong-signature"})
_, forged = control("POST", "/messages", {"from": CUSTOMER, "text": "forged"})
time.sleep(0.1)
control("POST", "/clock", {"advance": "1h"})
retried = settle(forged["delivery"])

_, opted_out = control("POST", "/opt-outs", {"from": CUSTOMER})
settle(opted_out["delivery"])
refused = send("after the opt-out")
mistake = control("POST", "/messages", {"form": CUSTOMER, "text": "x"})
reset = control("POST", "/reset", {})[1]
server.shutdown()

print(
    json.dumps(
        {
            "health": health,
            "state": state,
            "delivery": delivery,
            "messages": messages,
            "retried": retried,
            "received": received,
            "sent": sent,
            "refused": refused,
            "mistake": mistake,
            "reset": reset,
        }
    )
)
