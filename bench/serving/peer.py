"""The model behind FastAPI, without SigV4."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from peer_model import answer

app = FastAPI()


@app.post("/invocations")
async def invocations(request: Request):
    return PlainTextResponse(answer(await request.body()), media_type="text/csv")
