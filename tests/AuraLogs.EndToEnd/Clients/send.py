# Sends events with Fluent's own Python client: python send.py PORT COUNT [equal]; equal ones have a whole second for their time
import sys
import time

from fluent import sender

port, count, equal = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["equal"]
logger = sender.FluentSender("python", host="127.0.0.1", port=port, nanosecond_precision=not equal)
second = int(time.time())
for number in range(count):
    record = {"number": number, "lvl": "ERROR" if number % 10 == 0 else "INFO", "text": "žluťoučký kůň", "nested": {"list": [1, 2, 3], "half": 2.5, "nothing": None, "yes": True}}
    if equal:
        record["number"], record["lvl"] = 0, "INFO"
    if not (logger.emit_with_time("app", second, record) if equal else logger.emit("app", record)):
        raise SystemExit(f"event {number} was not sent: {logger.last_error}")
logger.close()
