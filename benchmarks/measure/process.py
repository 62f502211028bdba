"""Child processes, what they used, and what others used meanwhile."""
import os
import subprocess
import time


class Finished:
    """What a process that has ended wrote and used."""

    def __init__(self, stdout, peak_megabytes, others_share):
        self.stdout = stdout
        self.peak_megabytes = peak_megabytes
        self.others_share = others_share


def run(command, environment=None):
    """Runs a command to its end; one that fails is an error with the end of what it said."""
    busy, start = _busy_seconds(), time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **(environment or {})}) as process:
        try:
            stdout, stderr, usage = _until_end(process)
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise SystemExit(f'{" ".join(command)}\nended with {process.returncode}:\n{stderr[-2000:]}')
    own = usage.ru_utime + usage.ru_stime
    seconds = time.monotonic() - start
    others = max(0.0, _busy_seconds() - busy - own) / (seconds * os.cpu_count())
    return Finished(stdout, usage.ru_maxrss / 1024, others)


def _until_end(process):
    """Both streams, and the usage of this process alone: getrusage would give the largest of all children."""
    import threading
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    stdout = process.stdout.read()
    reader.join()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return stdout, errors[0], usage


def peak_megabytes(pid):
    """The most memory a running process has had resident (VmHWM)."""
    with open(f'/proc/{pid}/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024


def _busy_seconds():
    with open('/proc/stat') as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf('SC_CLK_TCK')
