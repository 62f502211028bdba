"""Packs the JSON-Schema-Test-Suite (MIT, https://github.com/json-schema-org/JSON-Schema-Test-Suite) for SchemaSuiteTest.

  python3 suite.py CHECKOUT > ../suite.jsonl.gz

One line a schema: its draft, the file, the schema, the texts of valid and of invalid instances as Python's json.dumps writes
them. Left out: drafts before 4, what needs the suite's server for remote schemas, and what is an annotation here: encodings of
content, and most formats.
"""
import glob
import gzip
import json
import os
import sys

DRAFTS = ['draft4', 'draft6', 'draft7', 'draft2019-09', 'draft2020-12']
FORMATS = ['date', 'time', 'date-time', 'uuid', 'email', 'hostname', 'ipv4', 'ipv6', 'uri']


def lines(tests):
    for draft in DRAFTS:
        root = os.path.join(tests, draft)
        for file in sorted(glob.glob(root + '/**/*.json', recursive=True)):
            name = os.path.relpath(file, root)[:-len('.json')]
            if os.path.basename(os.path.dirname(file)) == 'format' and os.path.basename(name) not in FORMATS:
                continue
            if name == 'optional/content':
                continue
            with open(file, encoding='utf-8') as text:
                groups = json.load(text)
            for group in groups:
                if 'localhost:1234' in json.dumps(group['schema']) and name == 'refRemote':
                    continue
                yield {'draft': draft, 'file': name, 'schema': group['schema']} | {
                    kind: [json.dumps(test['data'], ensure_ascii=False) for test in group['tests'] if test['valid'] == valid]
                    for kind, valid in (('valid', True), ('invalid', False))}


packed = ''.join(json.dumps(line, ensure_ascii=False, separators=(',', ':')) + '\n' for line in lines(sys.argv[1] + '/tests'))
sys.stdout.buffer.write(gzip.compress(packed.encode('utf-8', 'surrogatepass'), 9, mtime=0))
