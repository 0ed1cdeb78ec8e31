"""Train the demo model, its transcoders and their labels: `python -m demo.train --out FOLDER`.

About half an hour on two cores, most of it the language model. Seeded; whether two runs agree to the last bit depends
on the threads.
"""

import argparse
import os
import sys
import time
from pathlib import Path

# The next step faults in again all memory that the C library's allocator returns to the system: keeping it is 2.5
# times faster. Spinning threads starve other processes on shared cores. Both settings are read once, at start-up.
ALLOCATOR_SETTINGS = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
    "MALLOC_TOP_PAD_": str(128 << 20),
    "GOMP_SPINCOUNT": "0",
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_OFFLINE": "1",
}


def restart_with_settings() -> None:
    """Start this process anew with the settings above, unless it has them."""
    missing = {name: value for name, value in ALLOCATOR_SETTINGS.items() if name not in os.environ}
    if missing:
        os.environ.update(missing)
        os.execv(sys.executable, [sys.executable, "-m", "demo.train", *sys.argv[1:]])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder that gets model/ and transcoders/")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--keep-model", action="store_true", help="train transcoders only, for the model in OUT/model"
    )
    options = parser.parse_args(arguments)

    import torch

    from demo.training.language_model import LanguageModelRecipe
    from demo.training.pipeline import train_all
    from demo.training.transcoder_training import TranscoderRecipe

    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    started = time.monotonic()
    train_all(
        options.out,
        LanguageModelRecipe(seed=options.seed),
        TranscoderRecipe(seed=options.seed),
        keep_model=options.keep_model,
        log=lambda line: print(line, flush=True),
    )
    print(f"trained in {(time.monotonic() - started) / 60:.1f} minutes")


if __name__ == "__main__":
    restart_with_settings()
    main()
