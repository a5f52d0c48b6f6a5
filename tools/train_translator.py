"""Trains the small pair of translators that comes with tensorviz: photographs to paintings, and back.

    python tools/train_translator.py --data DIR --out FOLDER [--resume] [--steps 20000] [--publish assets/models]

DIR holds photos256/*.jpg. One half of them are the photographs; the other half, other photographs, go through the
filter of tools/painting_filter.py and are the paintings, so that no picture is there in both manners. Every few
minutes the whole state is left in FOLDER, and --resume goes on from there; the learning rate falls over the second
half of --steps, which may be another number when it goes on. At the end, or at once with --resume --publish and no
steps left, the pair is judged on pictures that it never saw and written with its card. Beside other work, set
GOMP_SPINCOUNT=20000: threads that wait for one another without end took two thirds of the time.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch

from tools.translator_networks import Pair
from tools.translator_pictures import Side, as_pixels, as_tensor, cut_to_fours, read_sides, sheet

LOOKED_AT = 12  # crops of each side that fix the statistics of the norms
SHOWN = 4  # held-out pictures of each side on a sheet


class Training:
    """One run and where it stands."""

    def __init__(self, photos: Side, paintings: Side, out: Path, seed: int) -> None:
        self.photos, self.paintings, self.out, self.seed = photos, paintings, out, seed
        self.pair, self.step, self.seconds = Pair(seed), 0, 0.0

    def look(self) -> None:
        """Lets the generators see some crops of both sides, once, before the first step."""
        dice = self.pair.dice
        crops = [
            side.crop(dice, side is self.photos) for side in (self.photos, self.paintings) for _ in range(LOOKED_AT)
        ]
        self.pair.look(torch.cat(crops))

    def save(self) -> None:
        beside = self.out / "state.part"
        torch.save({"pair": self.pair.state(), "step": self.step, "seconds": self.seconds, "seed": self.seed}, beside)
        beside.replace(self.out / "state.pt")

    def resume(self) -> None:
        kept: dict[str, Any] = torch.load(self.out / "state.pt", weights_only=True)
        if kept["seed"] != self.seed:
            raise SystemExit(f"the state was trained with --seed {kept['seed']}: other pictures were held out then")
        self.pair.resume(kept["pair"])
        self.step, self.seconds = kept["step"], kept["seconds"]

    def run(self, steps: int, log_every: int, save_every: float, sheet_every: int) -> None:
        """Learns up to `steps` in all, leaving logs, states and sheets; save_every: seconds."""
        saved, logged = time.monotonic(), time.monotonic()
        losses: dict[str, float] = defaultdict(float)
        counted = 0
        while self.step < steps:
            started = time.perf_counter()
            rate = min(1.0, 2 * (1 - self.step / steps))
            dice = self.pair.dice
            for name, loss in self.pair.step(
                self.photos.crop(dice, True), self.paintings.crop(dice, False), rate
            ).items():
                losses[name] += loss
            self.step, counted = self.step + 1, counted + 1
            self.seconds += time.perf_counter() - started
            if self.step % log_every == 0:
                said = ", ".join(f"{name} {total / counted:.3f}" for name, total in losses.items())
                pace = counted / (time.monotonic() - logged)
                print(f"{time.strftime('%H:%M:%S')} step {self.step}/{steps}, {pace:.2f}/s: {said}", flush=True)
                losses.clear()
                counted = 0
                logged = time.monotonic()
            if self.step % sheet_every == 0 or self.step == 300:
                self.draw()
            if time.monotonic() - saved > save_every:
                self.save()
                saved = time.monotonic()
        self.save()

    @torch.inference_mode()
    def draw(self) -> None:
        """A sheet: held-out photographs, as paintings, and back again; then paintings, as photographs, and back."""
        there, back = self.pair.slow_there, self.pair.slow_back
        rows = []
        for side, first, second in ((self.photos, there, back), (self.paintings, back, there)):
            own = [as_tensor(cut_to_fours(pixels)) for pixels in side.held_out[:SHOWN]]
            over = [first(picture) for picture in own]
            rows += [[as_pixels(p) for p in row] for row in (own, over, [second(picture) for picture in over])]
        sheet(rows).save(self.out / f"sheet-{self.step:06}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--publish", type=Path, help="where the weights and the card go (FOLDER/published)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    options.out.mkdir(parents=True, exist_ok=True)
    if (options.out / "state.pt").exists() and not options.resume:
        raise SystemExit(f"{options.out} holds a state already: give --resume to go on, or another --out")
    photos, paintings = read_sides(options.data / "photos256", options.out / "painted", options.seed)
    training = Training(photos, paintings, options.out, options.seed)
    if options.resume:
        training.resume()
    else:
        training.look()
    training.run(options.steps, log_every=100, save_every=180, sheet_every=1000)
    from tools.translator_judging import publish

    publish(training, options.publish or options.out / "published")


if __name__ == "__main__":
    main()
