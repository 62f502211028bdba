"""Takes the grammars with texts to accept and to reject out of LLGuidance's Lark tests (MIT).

  python3 llguidance_lark.py parser/tests/test_lark.rs > ../llguidance-lark.json
"""
import ast
import json
import re
import sys

LITERAL = re.compile(r'r#"(?P<raw>.*?)"#|r"(?P<plain>[^"]*)"|"(?P<text>(?:[^"\\]|\\.)*)"', re.DOTALL)
SPACE = re.compile(r'(?:\s|//[^\n]*\n|,)*')


def literal(source, at):
    at = SPACE.match(source, at).end()
    found = LITERAL.match(source, at)
    if not found:
        return None, at
    if found['text'] is None:
        return found['raw'] if found['raw'] is not None else found['plain'], found.end()
    text = re.sub(r'\\\n\s*', '', found['text'])
    text = re.sub(r'\\u\{(\w+)\}', lambda each: chr(int(each[1], 16)), text)
    return ast.literal_eval('"' + text.replace('\n', '\\n') + '"'), found.end()


def literals(source, at):
    at = SPACE.match(source, at).end()
    if not source.startswith('&[', at):
        return None, at
    at += 2
    texts = []
    while True:
        text, at = literal(source, at)
        if text is None:
            return (texts, at + 1) if source.startswith(']', at) else (None, at)
        texts.append(text)


def main():
    source = open(sys.argv[1], encoding='utf-8').read()
    cases = []
    for call in re.finditer(r'\blark_(str_test_many|str_test_many_quiet|ok)\(', source):
        grammar, at = literal(source, call.end())
        case = {'grammar': grammar, 'accepted': [], 'rejected': []}
        # How JSON is spelled, and what white space is, is no matter of the notation.
        if grammar is None or 'x-guidance' in grammar or r'\\s' in grammar:
            continue
        if call[1] != 'ok':
            case['accepted'], at = literals(source, at)
            if case['accepted'] is None:
                continue
            rejected, at = literals(source, at)
            if rejected is None:
                continue
            case['rejected'] = [text.removeprefix('FINAL_REJECT:') for text in rejected]
        if not any(r'\u' in text for text in case['accepted'] + case['rejected']):
            cases.append(case)
    json.dump(cases, sys.stdout, ensure_ascii=False, indent=1)


main()
