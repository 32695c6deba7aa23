"""The everyday calls of Debian's python3-elasticsearch against the address given."""
import sys
from elasticsearch import Elasticsearch, helpers

es = Elasticsearch(sys.argv[1])
assert es.ping()
actions = [{"_op_type": "create", "_index": "python", "_id": str(n), "n": n, "text": f"document {n}"} for n in range(50)]
ok, errors = helpers.bulk(es, actions, refresh=True)
assert (ok, errors) == (50, []), errors
found = es.search(index="python", body={"query": {"range": {"n": {"gte": 45}}}, "sort": [{"n": "desc"}]})
assert [hit["_id"] for hit in found["hits"]["hits"]] == ["49", "48", "47", "46", "45"]
assert len(list(helpers.scan(es, index="python", size=7))) == 50
assert es.get(index="python", id="7")["_source"]["n"] == 7
assert "python" in es.cat.indices(index="python")
es.indices.delete(index="python")
print("fine")
