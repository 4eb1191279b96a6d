"""Ends at random moments: SIGKILL and SIGINT, and going on behind them."""
import random
import shutil
import signal
import subprocess
import time

import helpers

from .tally import Tally


def ended(folder, job, how, trials):
    """Ends the job at random moments, up to three times in a row, and then lets it go on."""
    chance = random.Random(int(how))
    tally = Tally(f"{signal.Signals(how).name} at a random moment, then `--resume`")
    began = time.monotonic()
    job.run(folder / "timed")
    seconds = time.monotonic() - began
    trial = 0
    while tally.trials < trials:
        output = folder / f"ended-{trial}"
        trial += 1
        for _ in range(chance.randint(1, 3)):
            running = subprocess.Popen(job.command(output, "--resume", threads=1 + trial % 3),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                running.wait(chance.uniform(0, seconds * 1.1))
            except subprocess.TimeoutExpired:
                running.send_signal(how)
            code = running.wait(helpers.TIMEOUT)
            wanted = {job.code, -signal.SIGKILL if how == signal.SIGKILL else 130, -how}
            tally.expect(code in wanted, f"trial {trial}: exit code {code}")
            is_finished = (output / "manifest.json").exists()
            if is_finished:
                # The manifest comes last; only then goes what served the job itself.
                tally.expect(job.is_whole(output, is_tidy=False), f"trial {trial}: looks whole and is not")
            if code == job.code:
                break
            tally.trial("ended while it wrote its end" if is_finished else "ended before its end")
        result = job.run(output, "--resume")
        tally.ended_well(result, f"trial {trial}, resumed", {job.code})
        tally.expect(job.is_whole(output), f"trial {trial}: another result when resumed")
        shutil.rmtree(output)
    return [tally]
