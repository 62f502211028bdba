"""Writes masks.json beside this folder: what LLGuidance (Lark) and XGrammar (GBNF) allow along random texts.

    pip install llguidance xgrammar torch
    python masks.py

Each walk starts before the text and takes random allowed tokens of SmolLM2's vocabulary (seeded). Per step: the tokens
allowed (their number and the first 16 hexadecimal digits of the SHA-256 of the ids as text, separated by commas; special
tokens left out), whether the text may end, and the token taken.
"""
import gzip, hashlib, json, pathlib, random
import llguidance, numpy, torch, xgrammar

HERE = pathlib.Path(__file__).parent.parent
END = 2
STEPS, WALKS = 24, 3


def vocabulary():
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in own]
    byte_of = {chr(b): b for b in own} | {chr(256 + i): b for i, b in enumerate(others)}
    with gzip.open(HERE.parent / "smollm2-vocabulary.txt.gz", "rt", encoding="utf-8", newline="\n") as lines:
        return [bytes(byte_of[c] for c in line.rstrip("\n")) for line in lines]


TOKENS = vocabulary()
SPECIAL = {i for i, token in enumerate(TOKENS) if not token}


class Wrapped:
    eos_token_id, bos_token_id = END, 1
    tokens = [t or b"\xff<|special_%d|>" % i for i, t in enumerate(TOKENS)]
    special_token_ids = sorted(SPECIAL)

    def __call__(self, text):
        return list(text if isinstance(text, bytes) else text.encode())


class Lark:
    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(Wrapped()))

    def __init__(self, grammar):
        self.matcher = llguidance.LLMatcher(self.tokenizer, grammar)
        if self.matcher.is_error():
            raise ValueError(self.matcher.get_error())

    def allowed(self):
        bits = numpy.frombuffer(self.matcher.compute_bitmask(), dtype=numpy.uint8)
        return bits

    def accepting(self):
        return self.matcher.is_accepting()

    def take(self, token):
        if not self.matcher.consume_token(token):
            raise AssertionError(f"{TOKENS[token]}: {self.matcher.get_error()}")

    def accepts(self, text):
        return all(self.matcher.consume_token(TOKENS.index(bytes([b]))) for b in text.encode()) and self.accepting()


class Gbnf:
    info = xgrammar.TokenizerInfo([t or b"<s%d>" % i for i, t in enumerate(TOKENS)], xgrammar.VocabType.RAW,
                                  stop_token_ids=[END])
    compiler = xgrammar.GrammarCompiler(info)

    def __init__(self, grammar):
        self.matcher = xgrammar.GrammarMatcher(self.compiler.compile_grammar(grammar.replace("::= |", '::= "" |')), terminate_without_stop_token=False)
        self.bits = xgrammar.allocate_token_bitmask(1, len(TOKENS))

    def allowed(self):
        self.matcher.fill_next_token_bitmask(self.bits)
        return self.bits.numpy().view(numpy.uint8)[0]

    def accepting(self):
        bits = numpy.unpackbits(self.allowed(), bitorder="little")
        return bool(bits[END])

    def take(self, token):
        assert self.matcher.accept_token(token)


def ids(bits):
    found = numpy.unpackbits(bits, bitorder="little")[: len(TOKENS)].nonzero()[0]
    return [int(i) for i in found if int(i) not in SPECIAL]


def walk(matcher, rng):
    steps = []
    for _ in range(STEPS):
        allowed = ids(matcher.allowed())
        accepting = matcher.accepting()
        if not allowed:
            steps.append([0, "", accepting, -1])
            break
        # Half of them short: otherwise texts are mostly long words.
        short = [t for t in allowed if len(TOKENS[t]) <= 2]
        token = rng.choice(short if short and rng.random() < 0.6 else allowed)
        digest = hashlib.sha256(",".join(map(str, allowed)).encode()).hexdigest()[:16]
        steps.append([len(allowed), digest, accepting, token])
        matcher.take(token)
    return steps


def main():
    goldens = []
    for name in ["arithmetic", "c", "chess", "japanese", "json", "json_arr", "list"]:
        grammar = (HERE / f"{name}.gbnf").read_text()
        rng = random.Random(name)
        goldens.append({"name": name + ".gbnf", "grammar": grammar, "walks": [walk(Gbnf(grammar), rng) for _ in range(WALKS)]})
    for name, grammar in json.loads((HERE / "lark-grammars.json").read_text()).items():
        rng = random.Random(name)
        goldens.append({"name": name, "grammar": grammar, "walks": [walk(Lark(grammar), rng) for _ in range(WALKS)]})
    text = json.dumps(goldens, ensure_ascii=False, separators=(",", ":")).replace('{"name"', '\n{"name"').replace("[[", "\n[[")
    (HERE / "masks.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
