"""Elasticsearch-curator at work: deletes the indices that start with old-. Its command line does not start on Debian 12 (click 8.1)."""
import sys
import curator
from elasticsearch import Elasticsearch

indices = curator.IndexList(Elasticsearch(sys.argv[1]))
indices.filter_by_regex(kind="prefix", value="old-")
curator.DeleteIndices(indices).do_action()
print("fine")
