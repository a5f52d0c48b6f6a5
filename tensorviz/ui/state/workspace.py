"""Everything the screen knows, in one place: what panels are given.

Must not hold behaviour: each state does its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.ui.state.blocks import BlocksState
from tensorviz.ui.state.catalogue import CatalogueState
from tensorviz.ui.state.choice import ChoiceState
from tensorviz.ui.state.drawings import DrawingsState
from tensorviz.ui.state.engine import EngineState
from tensorviz.ui.state.file_tensors import FileStates
from tensorviz.ui.state.files import FilesState
from tensorviz.ui.state.generator_choice import GeneratorChoiceState
from tensorviz.ui.state.grids import GridsState
from tensorviz.ui.state.jobs import JobsState
from tensorviz.ui.state.looking import Looking
from tensorviz.ui.state.memory import MemoryState
from tensorviz.ui.state.messages import MessagesState
from tensorviz.ui.state.network import NetworkState
from tensorviz.ui.state.pictures import PicturesState
from tensorviz.ui.state.pipeline import PipelineState
from tensorviz.ui.state.pointing import PointingState
from tensorviz.ui.state.results import ResultsState
from tensorviz.ui.state.session import SessionState
from tensorviz.ui.state.settings import SettingsState, SettingsStore
from tensorviz.ui.state.showing import ShowingState
from tensorviz.ui.state.statistics import StatisticsState
from tensorviz.ui.state.task import TaskState
from tensorviz.ui.state.translations import TranslationsState
from tensorviz.ui.state.wishes import WishesState

if TYPE_CHECKING:
    from pathlib import Path

    from tensorviz.ui.bridge import Bridge


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(Looking):
    """The states of the window; those of `Looking` are of the session."""

    session: SessionState
    files: FilesState
    pictures: PicturesState
    choice: ChoiceState
    catalogue: CatalogueState
    results: ResultsState
    pipeline: PipelineState
    network: NetworkState
    engine: EngineState
    task: TaskState
    generator: GeneratorChoiceState
    translations: TranslationsState
    blocks: BlocksState


def build_workspace(
    bridge: Bridge, settings_store: SettingsStore, assets: Path, tensor_suffixes: tuple[str, ...] = ()
) -> Workspace:
    """Builds every state; nothing is sent to the engine yet. tensor_suffixes: of the files of tensors that are read."""
    settings = SettingsState(settings_store)
    jobs = JobsState(bridge)
    catalogue = CatalogueState(bridge, jobs)
    choice = ChoiceState(catalogue, settings)
    pictures = PicturesState(bridge, jobs, settings)
    engine = EngineState(bridge, jobs)
    session = SessionState(bridge, jobs, engine)
    showing = ShowingState(session)
    messages, wishes = MessagesState(), WishesState()
    drawings = DrawingsState(bridge, jobs, messages)
    states = FileStates(bridge, settings, jobs, messages, wishes, assets)
    files = FilesState(states, session, tensor_suffixes)
    task, generator = TaskState(settings), GeneratorChoiceState(catalogue, settings)
    translations = TranslationsState(bridge, jobs, settings, pictures, generator, task)
    return Workspace(
        bridge=bridge,
        settings=settings,
        jobs=jobs,
        pictures=pictures,
        choice=choice,
        catalogue=catalogue,
        results=ResultsState(bridge, jobs, settings, pictures, choice, task),
        pipeline=PipelineState(bridge, jobs, pictures, choice, task),
        network=NetworkState(bridge, jobs),
        engine=engine,
        task=task,
        generator=generator,
        translations=translations,
        blocks=BlocksState(bridge, jobs, translations, generator),
        session=session,
        files=files,
        memory=MemoryState(bridge, jobs, session),
        showing=showing,
        pointing=PointingState(session),
        grids=GridsState(bridge, session),
        statistics=StatisticsState(bridge, jobs, session, showing),
        drawings=drawings,
        messages=messages,
        wishes=wishes,
        assets=assets,
    )
