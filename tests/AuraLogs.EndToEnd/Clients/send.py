# Sends events with Fluent's own Python client: python send.py PORT COUNT
import sys

from fluent import sender

port, count = int(sys.argv[1]), int(sys.argv[2])
logger = sender.FluentSender("python", host="127.0.0.1", port=port, nanosecond_precision=True)
for number in range(count):
    record = {"number": number, "lvl": "ERROR" if number % 10 == 0 else "INFO", "text": "žluťoučký kůň", "nested": {"list": [1, 2, 3], "half": 2.5, "nothing": None, "yes": True}}
    if not logger.emit("app", record):
        raise SystemExit(f"event {number} was not sent: {logger.last_error}")
logger.close()
