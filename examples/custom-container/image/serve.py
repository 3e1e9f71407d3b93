"""Answers SageMaker's two questions: GET /ping, and POST /invocations with a picture's pixels as CSV or JSON."""

import http.server
import json
import os

import joblib
import numpy

MODEL = joblib.load("/opt/ml/model/model.joblib").set_params(n_jobs=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            rows = json.loads(body) if "json" in self.headers.get("Content-Type", "") else [line.split(",") for line in body.split("\n") if line]
            pictures = numpy.array(rows, dtype=numpy.float32).reshape(-1, MODEL.n_features_in_)
        except ValueError as error:
            self.answer(400, {"error": str(error)})
            return
        chances = MODEL.predict_proba(pictures)
        self.answer(200, [{"digit": int(MODEL.classes_[row.argmax()]), "probability": round(float(row.max()), 4)} for row in chances])

    def log_message(self, template, *values):
        pass


port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", 8080))
print(f"serving at port {port}", flush=True)
http.server.ThreadingHTTPServer(("", port), Handler).serve_forever()
