"""SNS as boto3 sees it: topics, subscriptions over HTTP, e-mail and SMS, filters, signatures judged by openssl. Prints "passed"."""
import base64
import email
import json
import os
import queue
import re
import socket
import socketserver
import subprocess
import tempfile
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.exceptions import ClientError

sns = boto3.client("sns")
WAIT = 60


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (call, arguments, error)
        return str(error)
    raise AssertionError(f"{call} with {arguments} was not refused")


class Inbox(BaseHTTPRequestHandler):
    """Each path is a subscriber; /flaky/… refuses twice before it takes a message."""
    boxes, refusals = {}, {}
    lock = threading.Lock()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.lock:
            box = self.boxes.setdefault(self.path, queue.Queue())
            refuses = self.path.startswith("/flaky") and self.headers["x-amz-sns-message-type"] == "Notification" \
                and self.refusals.get(self.path, 0) < 2
            if refuses:
                self.refusals[self.path] = self.refusals.get(self.path, 0) + 1
        self.send_response(503 if refuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not refuses:
            box.put((dict(self.headers), body))

    def log_message(self, *_):
        pass


def received(path):
    with Inbox.lock:
        box = Inbox.boxes.setdefault(path, queue.Queue())
    return box.get(timeout=WAIT)


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to receive a letter."""
    letters = queue.Queue()

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word == "DATA":
                self.say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                Mail.letters.put(text.decode())
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text):
        self.wfile.write((text + "\r\n").encode())


socket.getfqdn = lambda name="": name or "localhost"  # No look-ups of names on machines without a name server.
web = ThreadingHTTPServer(("127.0.0.1", 0), Inbox)
sms = ThreadingHTTPServer(("127.0.0.1", int(os.environ["TEST_SMS_PORT"])), Inbox)
mail = socketserver.ThreadingTCPServer(("127.0.0.1", int(os.environ["TEST_MAIL_PORT"])), Mail)
mail.daemon_threads = True
for server in (web, sms, mail):
    threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{web.server_address[1]}"


def verify(envelope):
    """Checks the signature as a subscriber would, with openssl."""
    names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    with tempfile.TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, name) for name in ("cert", "key", "text", "signature")}
        open(files["cert"], "wb").write(urllib.request.urlopen(envelope["SigningCertURL"]).read())
        open(files["text"], "w", encoding="utf-8").write(text)
        open(files["signature"], "wb").write(base64.b64decode(envelope["Signature"]))
        key = subprocess.run(["openssl", "x509", "-in", files["cert"], "-pubkey", "-noout"], check=True, capture_output=True).stdout
        open(files["key"], "wb").write(key)
        digest = "-sha256" if envelope["SignatureVersion"] == "2" else "-sha1"
        subprocess.run(["openssl", "dgst", digest, "-verify", files["key"], "-signature", files["signature"], files["text"]],
                       check=True, capture_output=True)


def subscribe(topic, path, **attributes):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=base + path, Attributes=attributes)
    headers, body = received(path)
    request = json.loads(body)
    assert headers["x-amz-sns-message-type"] == request["Type"] == "SubscriptionConfirmation"
    assert request["TopicArn"] == topic
    verify(request)
    return request


topic = sns.create_topic(Name="jobs", Tags=[{"Key": "team", "Value": "ml"}])["TopicArn"]
assert topic == "arn:aws:sns:us-east-1:000000000000:jobs"
assert sns.create_topic(Name="jobs")["TopicArn"] == topic
refused("InvalidParameter", sns.create_topic, Name="jobs", Attributes={"DisplayName": "other"})
refused("InvalidParameter", sns.create_topic, Name="two words")
refused("InvalidParameter", sns.create_topic, Name="jobs.fifo", Attributes={"FifoTopic": "true"})
sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="Jobs")
sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "stage", "Value": "test"}])
sns.untag_resource(ResourceArn=topic, TagKeys=["team"])
assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "stage", "Value": "test"}]
refused("NotFound", sns.publish, TopicArn=topic + "-none", Message="x")
refused("InvalidParameter", sns.publish, TopicArn="jobs", Message="x")
refused("InvalidParameter", sns.publish, TopicArn=topic, Message="")
refused("InvalidParameter", sns.publish, TopicArn=topic, Message="x" * 262145)
refused("InvalidParameter", sns.publish, TopicArn=topic, Message="x", Subject="two\nlines")
refused("ParameterValueInvalid", sns.publish, TopicArn=topic, Message="x", MessageAttributes={"n": {"DataType": "Number", "StringValue": "many"}})
refused("InvalidParameter", sns.subscribe, TopicArn=topic, Protocol="http", Endpoint="https://example.org/")
refused("InvalidParameter", sns.subscribe, TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:q")
refused("InvalidParameter", sns.subscribe, TopicArn=topic, Protocol="email", Endpoint="nobody")
refused("InvalidParameter", sns.subscribe, TopicArn=topic, Protocol="http", Endpoint=base + "/x", Attributes={"FilterPolicy": '{"a": "b"}'})

# Nobody gets anything before they confirmed; by the link, or by the operation.
plain = subscribe(topic, "/plain")
assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == "PendingConfirmation"
refused("InvalidParameter", sns.confirm_subscription, TopicArn=topic, Token="guess")
link = urllib.request.urlopen(plain["SubscribeURL"]).read().decode()
arn = re.search("<SubscriptionArn>(.*)</SubscriptionArn>", link)[1]
assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == arn
raw = subscribe(topic, "/raw", RawMessageDelivery="true")
raw = sns.confirm_subscription(TopicArn=topic, Token=raw["Token"])["SubscriptionArn"]
attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
assert (attributes["SubscriptionsConfirmed"], attributes["SubscriptionsPending"], attributes["DisplayName"]) == ("2", "0", "Jobs")

sent = sns.publish(TopicArn=topic, Message="trained: déjà", Subject="done", MessageAttributes={
    "status": {"DataType": "String", "StringValue": "Completed"}, "loss": {"DataType": "Number", "StringValue": "0.25"}})
headers, body = received("/plain")
note = json.loads(body)
verify(note)
assert (note["Message"], note["Subject"], note["MessageId"], note["Type"]) == ("trained: déjà", "done", sent["MessageId"], "Notification")
assert note["MessageAttributes"]["loss"] == {"Type": "Number", "Value": "0.25"}
assert headers["x-amz-sns-subscription-arn"] == arn
headers, body = received("/raw")
assert body == "trained: déjà" and headers["x-amz-sns-rawdelivery"] == "true"

# A topic that signs with SHA-256, a subscriber that fails twice, and one text per protocol.
second = sns.create_topic(Name="second", Attributes={"SignatureVersion": "2"})["TopicArn"]
retry = json.dumps({"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 3, "numNoDelayRetries": 2}})
flaky = subscribe(second, "/flaky/a", DeliveryPolicy=retry)
sns.confirm_subscription(TopicArn=second, Token=flaky["Token"])
sns.publish(TopicArn=second, Message=json.dumps({"default": "d", "http": "for http"}), MessageStructure="json")
note = json.loads(received("/flaky/a")[1])
verify(note)
assert note["Message"] == "for http" and Inbox.refusals["/flaky/a"] == 2

# Filters: of attributes and of bodies.
third = sns.create_topic(Name="third")["TopicArn"]
filters = {
    "/exact": {"status": ["Completed", "Stopped"]},
    "/prefix": {"status": [{"prefix": "Comp"}]},
    "/but": {"status": [{"anything-but": ["Completed"]}]},
    "/numeric": {"loss": [{"numeric": [">", 0, "<=", 0.5]}]},
    "/exists": {"loss": [{"exists": False}]},
    "/both": {"status": ["Completed"], "loss": [{"numeric": ["=", 9]}]},
}
for path, policy in filters.items():
    request = subscribe(third, path, FilterPolicy=json.dumps(policy), RawMessageDelivery="true")
    sns.confirm_subscription(TopicArn=third, Token=request["Token"])
request = subscribe(third, "/body", FilterPolicy=json.dumps({"job": {"name": [{"prefix": "a"}]}}), FilterPolicyScope="MessageBody", RawMessageDelivery="true")
sns.confirm_subscription(TopicArn=third, Token=request["Token"])


def publish(text, status=None, loss=None):
    given = {}
    if status:
        given["status"] = {"DataType": "String", "StringValue": status}
    if loss is not None:
        given["loss"] = {"DataType": "Number", "StringValue": str(loss)}
    sns.publish(TopicArn=third, Message=text, MessageAttributes=given)


publish("1", "Completed", 0.5)
publish("2", "Failed")
publish(json.dumps({"job": {"name": "abc"}, "n": 3}), "Completed", 9)
publish(json.dumps({"job": {"name": "xyz"}, "n": 4}), "Stopped", 9)
third_body, fourth_body = json.dumps({"job": {"name": "abc"}, "n": 3}), json.dumps({"job": {"name": "xyz"}, "n": 4})
expected = {"/exact": {"1", third_body, fourth_body}, "/prefix": {"1", third_body}, "/but": {"2", fourth_body}, "/numeric": {"1"},
            "/exists": {"2"}, "/both": {third_body}, "/body": {third_body}}
for path, texts in expected.items():
    assert {received(path)[1] for _ in texts} == texts, path
    assert Inbox.boxes[path].empty(), path

# Batches: one wrong entry fails alone.
batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "a", "Message": "A"}, {"Id": "b", "Message": "B", "Subject": "\n"}])
assert [e["Id"] for e in batch["Successful"]] == ["a"] and [(e["Id"], e["Code"]) for e in batch["Failed"]] == [("b", "InvalidParameter")]
assert received("/raw")[1] == "A" and json.loads(received("/plain")[1])["Message"] == "A"
refused("BatchEntryIdsNotDistinct", sns.publish_batch, TopicArn=topic, PublishBatchRequestEntries=[{"Id": "a", "Message": "A"}] * 2)

# E-mail through the configured server, and text messages through the configured gateway.
sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.org")
letter = email.message_from_string(Mail.letters.get(timeout=WAIT))
token = re.search("Token=([0-9a-f]+)", letter.get_payload(decode=True).decode())[1]
sns.confirm_subscription(TopicArn=topic, Token=token)
sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+4912345678")
sns.publish(TopicArn=topic, Message="by mail", Subject="hello")
letter = email.message_from_string(Mail.letters.get(timeout=WAIT))
assert (letter["Subject"], letter["To"]) == ("hello", "ada@example.org") and b"by mail" in letter.get_payload(decode=True), letter
assert json.loads(received("/send")[1])["Message"] == "by mail"
direct = sns.publish(PhoneNumber="+4987654321", Message="direct")["MessageId"]
text = json.loads(received("/send")[1])
assert (text["PhoneNumber"], text["Message"], text["MessageId"]) == ("+4987654321", "direct", direct)
refused("InvalidParameter", sns.publish, PhoneNumber="12", Message="x")

# Ended by the link in the message, unsigned, as subscribers do.
received("/plain")
urllib.request.urlopen(note["UnsubscribeURL"]).read()
assert sns.list_subscriptions_by_topic(TopicArn=second)["Subscriptions"] == []
assert sns.get_topic_attributes(TopicArn=second)["Attributes"]["SubscriptionsDeleted"] == "1"
sns.set_subscription_attributes(SubscriptionArn=raw, AttributeName="RawMessageDelivery", AttributeValue="false")
assert sns.get_subscription_attributes(SubscriptionArn=raw)["Attributes"]["RawMessageDelivery"] == "false"
for name in (topic, second, third):
    sns.delete_topic(TopicArn=name)
assert sns.list_topics()["Topics"] == [] and sns.list_subscriptions()["Subscriptions"] == []
print("passed")
