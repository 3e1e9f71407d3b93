"""The model behind Flask, without SigV4."""

from flask import Flask, Response, request
from peer_model import answer

app = Flask(__name__)


@app.post("/invocations")
def invocations():
    return Response(answer(request.get_data()), mimetype="text/csv")
