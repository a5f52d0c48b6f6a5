"""The requests about translating pictures: what is reported, kept and written, and what overtakes what."""

from __future__ import annotations

import queue
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import save_file

from tensorviz.core.drawn import Translation
from tensorviz.core.errors import Cancelled, Problem, TensorvizError
from tensorviz.core.pipeline import Preview
from tensorviz.core.results import Failed, Translated
from tensorviz.core.translation import GeneratorChoice
from tensorviz.engine.handlers import NetworkCacheSource, handlers
from tensorviz.engine.messages import (
    DropNetworks,
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    RelieveMemory,
    Request,
)
from tensorviz.engine.messages.translate import (
    BlockDrawn,
    DrawBlocks,
    PicturesKept,
    Translate,
    TranslateToFolder,
    TranslationReady,
)
from tensorviz.engine.tasks.translate.load import load_translator
from tensorviz.engine.translating.handlers import TranslatorSource, translation_handlers
from tensorviz.engine.worker import Engine, Job
from tests.engine.translate.plain import Variant, checkpoint

E = TypeVar("E", bound=Event)
ENDS = (JobFinished, JobFailed, JobCancelled)
SECONDS = 60.0


@pytest.fixture
def warm() -> Iterator[TranslatorSource]:
    source = TranslatorSource()
    yield source
    source.drop()


@pytest.fixture(scope="session")
def other_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generator of the way back: three blocks, other numbers."""
    path = tmp_path_factory.mktemp("generators") / "other.safetensors"
    save_file(checkpoint(Variant(4, 3), seed=5), path)
    return path


@pytest.fixture
def photo(tmp_path: Path) -> str:
    return kept(tmp_path / "photo.png")


def kept(path: Path, size: tuple[int, int] = (45, 31), seed: int = 0) -> str:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size).save(path)
    return str(path)


def choice(file: Path, resize: int = 0, **how: object) -> GeneratorChoice:
    return GeneratorChoice(weights=str(file), resize=resize, device="cpu", **how)  # type: ignore[arg-type]


def run(warm: TranslatorSource, request: Request, after: Callable[[int], None] | None = None) -> list[Event]:
    """What the request's handler reports. after(step): called after each of its steps."""
    said: list[Event] = []
    job = Job(7, request, said.append)
    for step, _ in enumerate(translation_handlers(warm)[type(request)](job) or ()):
        if after is not None:
            after(step)
    job.progress.flush()
    assert all(event.job == 7 for event in said)
    return said


def only(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def image_of(picture: Preview) -> Image.Image:
    return Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)


# ------------------------------------------------------------------------------------------------------- translate


@pytest.mark.parametrize(("input_range", "resize"), [("trained", 0), ("book", 0), ("trained", 24)])
def test_a_picture_is_drawn_as_the_translator_draws_it(
    warm: TranslatorSource, small_file: Path, photo: str, input_range: str, resize: int
) -> None:
    wish = choice(small_file, resize, input_range=input_range)
    (ready,) = only(TranslationReady, run(warm, Translate(photo, wish)))
    made, expected = ready.translation, load_translator(wish).translate(Image.open(photo))
    assert isinstance(made, Translation)
    assert image_of(made.after).tobytes() == expected.image.tobytes()
    assert image_of(made.before).tobytes() == expected.before.tobytes()
    assert (made.choice, made.full, made.way_back) == (wish, (45, 31), None)
    assert made.plan.result == (made.after.width, made.after.height) == expected.image.size
    width, height = min(made.before.width, made.after.width), min(made.before.height, made.after.height)
    first, second = (np.asarray(part)[:height, :width].astype(int) for part in (expected.before, expected.image))
    assert made.difference.mean == pytest.approx(np.abs(first - second).mean())
    assert made.difference.levels == bytes(np.abs(first - second).max(axis=2).astype(np.uint8))


def test_the_row_is_that_of_the_command_line_without_a_file(
    warm: TranslatorSource, small_file: Path, photo: str
) -> None:
    row = only(TranslationReady, run(warm, Translate(photo, choice(small_file))))[0].translation.row
    assert (row.path, row.model, row.device, row.precision) == (photo, "small", "cpu", "fp32")
    assert (row.output, row.size) == ("", (45, 31))
    seconds = row.seconds
    assert seconds.total == pytest.approx(seconds.decode + seconds.preprocess + seconds.forward)


def test_there_and_back_goes_through_eight_bits(
    warm: TranslatorSource, small_file: Path, other_file: Path, photo: str
) -> None:
    there = choice(small_file, 24)
    said = run(warm, Translate(photo, there, choice(other_file, 99, input_range="book")))
    made = only(TranslationReady, said)[0].translation
    other = load_translator(choice(other_file, 0))  # at its size, and in the range of the way there
    again = other.translate(image_of(made.after)).image
    assert made.way_back is not None
    assert image_of(made.way_back.picture).tobytes() == again.tobytes()
    assert made.way_back.model == "other"
    apart = np.abs(np.asarray(image_of(made.before)).astype(int) - np.asarray(again))
    assert made.way_back.difference.mean == pytest.approx(apart.mean())
    assert made.way_back.difference.largest == apart.max()
    assert made.way_back.forward > 0


def test_progress_is_told_in_blocks(
    warm: TranslatorSource, small_file: Path, other_file: Path, photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tensorviz.engine.progress.SHORTEST_GAP", 0.0)
    said = only(JobProgress, run(warm, Translate(photo, choice(small_file), choice(other_file))))
    assert {event.unit for event in said} == {"block"}
    assert [event.stage for event in said[:2]] == ["loading small", "loading other"]
    there, back = [f"block {at} of 6" for at in range(1, 7)], [f"the way back, block {at} of 3" for at in range(1, 4)]
    stages = [*there, "the last layers", *back[1:], "the way back, the last layers"]
    assert [event.stage for event in said[2:]] == stages
    assert [(event.done, event.total) for event in said[2:]] == [(done, 9) for done in range(10)]
    again = only(JobProgress, run(warm, Translate(photo, choice(small_file))))
    assert again[0].stage == "block 1 of 6"  # it is warm


# ---------------------------------------------------------------------------------------------------------- blocks


def test_blocks_come_one_by_one_and_the_last_is_the_picture(
    warm: TranslatorSource, small_file: Path, photo: str
) -> None:
    said = run(warm, DrawBlocks(photo, choice(small_file)))
    drawn = only(BlockDrawn, said)
    assert [event.picture.block for event in drawn] == list(range(7))
    assert {event.path for event in drawn} == {photo}
    finished = only(TranslationReady, run(warm, Translate(photo, choice(small_file))))[0].translation
    assert drawn[-1].picture.picture == finished.after


def test_blocks_let_an_urgent_picture_go_first(warm: TranslatorSource, small_file: Path, photo: str) -> None:
    met = list[int]()

    def meanwhile(step: int) -> None:
        if step == 2:
            met.append(len(only(TranslationReady, run(warm, Translate(photo, choice(small_file))))))

    alone = only(BlockDrawn, run(warm, DrawBlocks(photo, choice(small_file))))
    assert only(BlockDrawn, run(warm, DrawBlocks(photo, choice(small_file)), meanwhile)) == alone
    assert met == [1]


# ---------------------------------------------------------------------------------------------------------- folder


@pytest.mark.parametrize(("form", "suffix"), [("png", ".png"), ("jpeg", ".jpg")])
def test_pictures_are_kept_in_a_folder(
    warm: TranslatorSource, small_file: Path, tmp_path: Path, form: str, suffix: str
) -> None:
    paths = (kept(tmp_path / "a.png"), str(tmp_path / "gone.png"), kept(tmp_path / "b.png", seed=2))
    folder = tmp_path / "new" / "folder"
    request = TranslateToFolder(paths, choice(small_file), str(folder), form)  # type: ignore[arg-type]  # of two words
    said: list[Event] = []
    job = Job(7, request, said.append)
    for _ in translation_handlers(warm)[TranslateToFolder](job) or ():
        pass
    rows = [row for event in only(PicturesKept, said) for row in event.rows]
    assert [type(row) for row in rows] == [Translated, Failed, Translated]
    assert job.failed == 1
    assert sorted(path.name for path in folder.iterdir()) == [f"a{suffix}", f"b{suffix}"]
    first = rows[0]
    assert isinstance(first, Translated)
    assert first.output == str(folder / f"a{suffix}")
    if form == "png":
        expected = load_translator(choice(small_file)).translate(Image.open(paths[0])).image
        assert Image.open(first.output).tobytes() == expected.tobytes()
    before = (folder / f"a{suffix}").read_bytes()
    run(warm, TranslateToFolder(paths[:1], choice(small_file), str(folder), form))  # type: ignore[arg-type]  # of two words
    assert (folder / f"a{suffix}").read_bytes() == before
    assert (folder / f"a-1{suffix}").exists()


def test_an_urgent_picture_overtakes_a_folder(warm: TranslatorSource, small_file: Path, tmp_path: Path) -> None:
    events: queue.Queue[Event] = queue.Queue()
    paths = tuple(kept(tmp_path / f"{number}.png", seed=number) for number in range(6))
    urgent: list[int] = []

    def report(event: Event) -> None:
        if isinstance(event, PicturesKept) and not urgent:  # on the lane's thread, so nothing runs meanwhile
            urgent.append(engine.submit(Translate(paths[5], choice(small_file))))
        events.put(event)

    engine = Engine(translation_handlers(warm), report)
    try:
        batch = engine.submit(TranslateToFolder(paths, choice(small_file), str(tmp_path / "out")))
        order, last = list[str](), None
        while not (isinstance(last, ENDS) and last.job == batch):
            last = events.get(timeout=SECONDS)
            order += [type(last).__name__] if isinstance(last, PicturesKept | TranslationReady) else []
    finally:
        assert engine.stop()
    assert isinstance(last, JobFinished)
    assert order == ["PicturesKept", "TranslationReady", *["PicturesKept"] * 5]


def test_a_folder_that_cannot_be_written_fails_in_a_sentence(
    warm: TranslatorSource, small_file: Path, photo: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(TensorvizError, match="not a folder"):
        run(warm, TranslateToFolder((photo,), choice(small_file), str(tmp_path / "file")))


# ------------------------------------------------------------------------------------------------------- bad input


def truncated(folder: Path) -> str:
    path = kept(folder / "cut.png", (300, 200))
    Path(path).write_bytes(Path(path).read_bytes()[:200])
    return path


@pytest.mark.parametrize("request_of", [Translate, DrawBlocks])
@pytest.mark.parametrize("bad", [lambda folder: str(folder / "gone.png"), truncated], ids=["deleted", "truncated"])
def test_bad_files_are_sentences(
    warm: TranslatorSource,
    small_file: Path,
    tmp_path: Path,
    request_of: Callable[[str, GeneratorChoice], Request],
    bad: Callable[[Path], str],
) -> None:
    with pytest.raises(TensorvizError) as caught:
        run(warm, request_of(bad(tmp_path), choice(small_file)))
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (9, 1)])
def test_the_smallest_pictures(warm: TranslatorSource, small_file: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    path = kept(tmp_path / "tiny.png", size)
    made = only(TranslationReady, run(warm, Translate(path, choice(small_file))))[0].translation
    assert (made.after.width, made.after.height) == size
    with pytest.raises(TensorvizError, match="too small"):
        run(warm, Translate(path, choice(small_file, input_range="book")))


@pytest.mark.parametrize("request_of", [Translate, DrawBlocks])
def test_what_is_too_large_is_refused_in_words_for_the_window_and_the_command_line(
    warm: TranslatorSource,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request_of: Callable[[str, GeneratorChoice], Request],
) -> None:
    wide, path, huge = tmp_path / "wide.safetensors", tmp_path / "large.png", tmp_path / "huge.png"
    save_file(checkpoint(Variant(64, 1)), wide)
    Image.new("L", (4_000, 3_000)).save(path)
    Image.new("L", (20_000, 10_000)).save(huge)
    monkeypatch.setattr("tensorviz.engine.tasks.translate.forward.free_memory", lambda _device: 4 * 10**9)
    with pytest.raises(TensorvizError, match="4,000 x 3,000 pixels takes about") as caught:
        run(warm, request_of(str(path), choice(wide)))
    said = re.fullmatch(r"A shorter side of (\d+) or less fits \(--resize (\d+)\); 256 is .*", caught.value.hint)
    assert said is not None
    assert 256 < int(said[1]) == int(said[2]) < 3000
    with pytest.raises(TensorvizError, match="20,000 x 10,000 pixels, which is above the limit"):
        run(warm, request_of(str(huge), choice(wide)))


# ------------------------------------------------------------------------------------------------------------ warm


def test_generators_are_kept_warm_and_forgotten(
    warm: TranslatorSource, small_file: Path, other_file: Path, photo: str
) -> None:
    table = handlers(NetworkCacheSource(warm))
    run(warm, Translate(photo, choice(small_file), choice(other_file)))
    assert len(warm.get()) == 2
    table[RelieveMemory](Job(1, RelieveMemory(), lambda _event: None))
    assert len(warm.get()) == 2  # there is memory
    table[DropNetworks](Job(1, DropNetworks(), lambda _event: None))
    assert len(warm.get()) == 0


def test_another_size_or_range_is_the_same_generator(warm: TranslatorSource, small_file: Path) -> None:
    cache = warm.get()
    first = cache.translator(choice(small_file, 0))
    second = cache.translator(choice(small_file, 128, input_range="book"))
    assert first.forward is second.forward
    assert (second.identity.resize, second.identity.input_range) == (128, "book")
    assert (first.identity.resize, first.identity.input_range) == (0, "trained")
    assert len(cache) == 1


def test_a_file_that_changed_is_read_again_and_two_are_kept(warm: TranslatorSource, tmp_path: Path) -> None:
    cache, files = warm.get(), [tmp_path / f"{name}.safetensors" for name in "abc"]
    for seed, file in enumerate(files):
        save_file(checkpoint(Variant(2, 1), seed), file)
    first, second, _third = (cache.translator(choice(file)) for file in files)
    assert len(cache) == 2
    assert not cache.has(choice(files[0]))
    assert cache.translator(choice(files[1])).forward is second.forward
    assert cache.translator(choice(files[0])).forward is not first.forward
    save_file(checkpoint(Variant(2, 2), 9), files[0])
    assert cache.translator(choice(files[0])).forward.network.plan.blocks == 2


def test_a_cancelled_wish_leaves_the_generator_ready(warm: TranslatorSource, small_file: Path, photo: str) -> None:
    job = Job(7, Translate(photo, choice(small_file)), lambda _event: None)
    job.token.cancel()
    with pytest.raises(Cancelled):
        translation_handlers(warm)[Translate](job)
    assert only(TranslationReady, run(warm, Translate(photo, choice(small_file))))


def test_failures_travel_as_problems(warm: TranslatorSource, photo: str) -> None:
    events: queue.Queue[Event] = queue.Queue()
    engine = Engine(translation_handlers(warm), events.put)
    try:
        engine.submit(Translate(photo, GeneratorChoice(weights="no-such-file.pth", device="cpu")))
        while not isinstance(event := events.get(timeout=SECONDS), ENDS):
            pass
    finally:
        assert engine.stop()
    assert isinstance(event, JobFailed)
    assert isinstance(event.problem, Problem)
    assert event.problem.expected
