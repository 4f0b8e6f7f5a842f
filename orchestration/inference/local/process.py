"""The engine's own process: llama.cpp's HTTP server for one model, a script with wishes on standard input.

It is apart from the server so that a crash, its threads and its memory stay its own; it ends with its parent.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

import xllamacpp

PR_SET_PDEATHSIG = 1


def main() -> None:
    if sys.platform == "linux":  # also while a model is loading, when the loop below does not run yet
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    wishes = json.loads(sys.stdin.readline())
    # What the library prints goes to the log; the one line for the parent gets a place of its own.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server = serve(wishes)
    print(json.dumps({"address": server.listening_address}), file=answer, flush=True)
    sys.stdin.read()  # until the parent closes it, or is gone
    os._exit(0)  # running generations need no good-bye


def serve(wishes: dict[str, Any]) -> xllamacpp.Server:

    params = xllamacpp.CommonParams()
    params.model.path = wishes["path"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [wishes["api_key"]]
    params.n_parallel = wishes["slots"]
    params.n_ctx = wishes["context"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = wishes["threads"]
    params.n_gpu_layers = wishes["gpu_layers"]
    params.use_jinja = True
    if wishes["embedding"]:
        params.embedding = True
        params.n_ubatch = params.n_batch = wishes["context"]  # a text is looked at as a whole
    params.endpoint_slots = False
    params.ui = False
    params.verbosity = 2
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
