"""A receiver with nothing but Python's standard library. `reserialise` as the second argument makes it wrong."""

import hashlib
import hmac
import json
import sys
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = sys.argv[1].encode()
RESERIALISE = sys.argv[2:] == ["reserialise"]
TOLERANCE_SECONDS = 300

done = set()


def seconds_of(timestamp):
    if timestamp.isdigit():
        return int(timestamp) / (1000 if len(timestamp) > 10 else 1)
    return datetime.fromisoformat(timestamp.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()


class Receiver(BaseHTTPRequestHandler):
    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def status_for(self, body):
        timestamp = self.headers.get("X-WhatsApp-Gateway-Timestamp", "")
        signature = self.headers.get("X-WhatsApp-Gateway-Signature", "")
        signed = json.dumps(json.loads(body)).encode() if RESERIALISE else body
        digest = hmac.new(SECRET, timestamp.encode() + b"." + signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature.encode(), b"sha256=" + digest.encode()):
            return 401
        if abs(datetime.now(timezone.utc).timestamp() - seconds_of(timestamp)) > TOLERANCE_SECONDS:
            return 401
        if signature not in done:
            json.loads(body)
            done.add(signature)
        return 200

    def do_POST(self):
        status = self.status_for(self.read_body())
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok" if status == 200 else b"no")

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
