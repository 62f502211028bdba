"""What a measurement was made on."""
import os
import platform
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNELS_CARE_FOR = ('avx2', 'avx512f', 'avx512_vnni', 'avx_vnni', 'avx512_bf16', 'amx_int8')


def describe():
    model, flags = platform.machine(), ''
    with open('/proc/cpuinfo') as cpuinfo:
        for line in cpuinfo:
            name, _, value = line.partition(':')
            if name.strip() == 'model name':
                model = value.strip()
            if name.strip() == 'flags':
                flags = value.split()
    return f'{os.cpu_count()} cores of {model} ({", ".join(flag for flag in KERNELS_CARE_FOR if flag in flags)})'


def commit():
    """The commit measured; a + behind it says that files had been changed since."""
    def git(*arguments):
        return subprocess.run(['git', '-C', ROOT, *arguments], check=True, capture_output=True, text=True).stdout
    changed = git('status', '--porcelain', '--untracked-files=no', '--', '*.java', '*pom.xml', 'causal-streams')
    return git('rev-parse', '--short', 'HEAD').strip() + ('+' if changed else '')
