"""Ask a running API: `coopnlp api` in another terminal, then this with its address.

Shows a document sent as a file and a project as JSON, with httpx only, and how to
wait where the service says 429 (over the rate) or 503 (all places taken). The token,
where the service asks for one, is read from COOPNLP_API_TOKEN.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

import httpx

DOCUMENT = Path(__file__).with_name("documents") / "convention-fecamp-matane.docx"


def ask(client: httpx.Client, path: str, *, patience_s: float = 120, **sent: Any) -> Any:
    """Send a request, again after as long as Retry-After says; return the JSON of the answer."""
    until = time.monotonic() + patience_s
    while True:
        answer = client.post(path, **sent)
        pause = float(answer.headers.get("retry-after", 1))
        if answer.status_code not in (429, 503) or time.monotonic() + pause > until:
            break
        print(f"  {answer.json()['error']} : nouvel essai dans {pause:g} s")
        time.sleep(pause)
    if answer.is_error:
        told = answer.json()
        sys.exit(f"{told['error']} : {told['message']}")
    return answer.json()


url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8002"
token = os.environ.get("COOPNLP_API_TOKEN")
headers = {"Authorization": f"Bearer {token}"} if token else {}
try:
    with httpx.Client(base_url=url, headers=headers, timeout=180) as client:
        print(f"{url} : {client.get('/health').json()['status']}")
        record = ask(client, "/v1/process", files={"file": (DOCUMENT.name, DOCUMENT.read_bytes())})
        print(f"{record['id']} : {record['document'].get('title')}")
        for agreement in record["agreements"]:
            print(f"  accord {agreement['title']} : {', '.join(party['text'] for party in agreement['parties'])}")
        found = ask(client, "/v1/classify", json={"text": "Adduction d’eau potable dans trois villages"})
        print("thème : " + " > ".join(found["themes"][0]["path"]))
except httpx.ConnectError:
    sys.exit(f"rien ne répond à {url} : lancez « coopnlp api » dans un autre terminal")
