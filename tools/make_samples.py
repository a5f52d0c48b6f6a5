"""Draws the sample pictures of assets/samples: python -m tools.make_samples [FOLDER].

Must not use any picture of others: everything is made of curves, gradients and noise with a fixed seed.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.drawing import Colour, Point, Scene, box, curve, oval, turned

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


def sky(scene: Scene, bottom: float = 100, cloud: float = 0.9) -> None:
    """Blue above, paler towards the horizon, with clouds."""
    scene.backdrop([(0, (62, 118, 190)), (0.6, (128, 176, 222)), (1, (196, 217, 232))], 0, bottom)
    scene.veil((250, 251, 253), (scene.noise(2.2, 4, 6) - 0.5) * 2.6 * cloud, 0, bottom)


def meadow(scene: Scene, horizon: float) -> None:
    """Grass from the horizon down, with trees far away."""
    scene.backdrop([(0, (128, 150, 78)), (0.3, (104, 140, 54)), (1, (58, 98, 28))], horizon)
    scene.veil((34, 66, 16), (scene.noise(60, 30, 3) - 0.42) * 1.5, horizon)
    scene.veil((168, 182, 92), (scene.noise(40, 60, 3) - 0.55) * 1.4, horizon)
    hills = [(x, horizon - 5 - 3 * math.sin(x / 7) - 2 * math.sin(x / 2.3)) for x in range(-2, 104, 1)]
    trees = scene.shape([*hills, (102, horizon + 0.6), (-2, horizon + 0.6)], (72, 96, 70), (46, 72, 40), 0.35)
    trees.speckle((26, 46, 24), 0.8, 40, 40)


def road(scene: Scene, horizon: float) -> None:
    """Asphalt below a verge and trees."""
    meadow(scene, horizon)
    edge = horizon + 9
    scene.backdrop([(0, (138, 138, 138)), (0.5, (112, 112, 114)), (1, (88, 88, 92))], edge)
    scene.veil((60, 60, 64), (scene.noise(70, 50, 3) - 0.4) * 0.8, edge)
    for left in (-12, 26, 64):
        scene.shape([(left, 93), (left + 22, 93), (left + 20, 95), (left - 3, 95)], (226, 224, 214), None, 0.25)


def wheel(scene: Scene, centre: Point, radius: float) -> None:
    """A tyre with a light metal rim."""
    tyre = scene.shape(oval(centre, (radius, radius)), (40, 40, 42), (16, 16, 18))
    tyre.tint(oval((centre[0], centre[1] - radius * 0.8), (radius, radius * 0.4)), (96, 96, 98), 0.5, 1)
    rim = scene.shape(oval(centre, (radius * 0.62, radius * 0.62)), (206, 208, 212), (120, 122, 128))
    for spoke in range(5):
        angle = math.tau * spoke / 5 + 0.3
        place = centre[0] + radius * 0.38 * math.cos(angle), centre[1] + radius * 0.38 * math.sin(angle)
        rim.tint(oval(place, (radius * 0.13, radius * 0.13)), (38, 38, 42), 0.95, 0.15)
    rim.tint(oval(centre, (radius * 0.12, radius * 0.12)), (80, 82, 88), 1, 0.1)


def aeroplane() -> Image.Image:
    """An airliner in the sky, from the side."""
    scene = Scene(11)
    sky(scene, cloud=0.8)
    scene.shape([(54, 47), (72, 26), (79, 25), (70, 48)], (150, 160, 172), (196, 202, 210))  # far wing
    scene.shape([(82, 46), (92, 37), (96, 37), (91, 47)], (150, 160, 172))  # far tailplane
    body = [(5, 54), (9, 50), (16, 47.5), (30, 46.5), (60, 45.5), (80, 44), (95, 41), (96, 43), (86, 49), (72, 55)]
    fin = scene.shape([(80, 45), (89, 24), (96, 23.5), (95, 42)], (38, 84, 160), (24, 58, 122))
    fin.tint([(86, 36), (97, 30), (97, 34), (86, 40)], (240, 244, 250), 0.9, 0.2)
    hull = scene.shape(curve(*body, (50, 58), (24, 59.5), (11, 58.5), (6, 56.5)), (250, 251, 253), (206, 212, 220))
    hull.tint(oval((44, 60), (46, 4.5), -2), (92, 106, 128), 0.75, 1.6)
    hull.tint([(4, 55.2), (70, 50.5), (92, 44.5), (92, 46), (70, 52.2), (4, 56.6)], (38, 84, 160), 0.9, 0.15)
    for number in range(22):
        scene.shape(oval((19 + number * 2.7, 51.2 - number * 0.16), (0.62, 0.85)), (48, 62, 84))
    scene.shape([(8.6, 51.6), (12.6, 49.4), (14, 51.4), (9, 52.9)], (40, 52, 72), (74, 88, 110))  # cockpit
    wing = scene.shape([(37, 54), (52, 54), (80, 79), (73, 80.5)], (224, 229, 236), (168, 177, 190))
    wing.tint([(37, 54), (41, 53), (76, 80), (72, 81)], (110, 120, 136), 0.7, 0.5)
    engine = scene.shape(
        curve((40, 61.5), (50, 61), (54, 64), (50, 67.4), (40, 67), (38.4, 64)), (238, 240, 244), (120, 130, 146)
    )
    engine.tint(oval((39.4, 64.2), (1.7, 2.9)), (34, 40, 52), 1, 0.2)
    scene.shape([(82, 47.5), (90, 46), (98, 54), (93, 54.5)], (214, 220, 228), (164, 172, 184))
    return scene.finished()


def ship() -> Image.Image:
    """A freighter at sea."""
    scene = Scene(23)
    sky(scene, 56, 0.7)
    scene.backdrop([(0, (112, 148, 172)), (0.25, (58, 104, 142)), (1, (18, 56, 96))], 56)
    for across, strength in ((9, 1.1), (24, 0.9)):
        scene.veil((190, 212, 226), (scene.noise(across, across * 5, 3) - 0.58) * strength * 2, 56)
        scene.veil((8, 34, 66), (scene.noise(across, across * 4, 3) - 0.56) * strength * 2, 58)
    house = scene.shape(box(70, 32, 86, 57), (252, 252, 250), (212, 216, 220))
    house.tint(box(81, 30, 88, 58), (120, 132, 150), 0.5, 1.4)
    for floor in range(4):
        for window in range(6):
            scene.shape(
                box(71.6 + window * 2.3, 35 + floor * 4.6, 73.1 + window * 2.3, 36.9 + floor * 4.6), (46, 66, 92)
            )
    scene.shape(box(73, 27, 84, 32), (238, 240, 242), (208, 212, 218))
    scene.shape(box(73.6, 28.2, 83.4, 30), (44, 62, 88))
    funnel = scene.shape(box(87.5, 28, 92, 56), (206, 60, 42), (160, 38, 30))
    funnel.tint(box(87, 27.5, 93, 31.5), (24, 24, 28), 1, 0.1)
    colours = (
        (190, 70, 48),
        (54, 108, 160),
        (214, 164, 62),
        (70, 132, 92),
        (150, 152, 156),
        (168, 60, 60),
        (48, 84, 132),
    )
    for column in range(7):
        for level in range(3 if column % 3 else 2):
            left, bottom = 17.5 + column * 7.3, 57 - level * 5.2
            colour = colours[(column * 3 + level * 2) % len(colours)]
            dark: Colour = (colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4)
            scene.shape(box(left, bottom - 5, left + 7, bottom), colour, dark)
    scene.shape([(13, 56), (13.6, 40), (14.4, 40), (15, 56)], (226, 226, 222), (150, 152, 156))
    hull = scene.shape(
        curve((3, 53), (14, 56), (50, 57.2), (95, 56), (95, 57), (93.4, 70), (50, 71.6), (13, 71), (9, 66)),
        (34, 48, 72),
        (18, 26, 42),
    )
    hull.tint(box(0, 66.4, 100, 74), (160, 40, 34), 1, 0.15)
    hull.tint(box(0, 65.5, 100, 66.4), (236, 236, 232), 0.9, 0.1)
    hull.tint(oval((20, 58), (26, 3.4)), (128, 148, 176), 0.45, 1.6)
    foam = [(4, 71), (14, 69.4), (40, 70.6), (70, 70.2), (97, 69.6), (99, 71.6), (70, 73), (30, 73.4), (8, 73)]
    scene.shape(curve(*foam), (222, 234, 240), (120, 160, 186), 0.6)
    return scene.finished()


def car() -> Image.Image:
    """A red car on a road, from the side."""
    scene = Scene(31)
    sky(scene, 42, 0.5)
    road(scene, 42)
    scene.shadow((50, 78), (46, 4.6), 0.75, 1.6)
    lower = [(5, 62), (7, 56.5), (22, 53), (33, 51), (67, 50.5), (82, 53), (93, 57), (95.5, 64), (94, 72), (80, 74.5)]
    cabin = [(28, 53), (36, 42), (42, 38.8), (56, 38), (66, 40.5), (77, 52), (62, 55), (40, 55)]
    roof = scene.shape(curve(*cabin), (224, 48, 40), (176, 22, 22))
    roof.tint(oval((52, 39.6), (14, 1.3)), (255, 214, 206), 0.8, 0.6)
    body = scene.shape(curve(*lower, (50, 75), (18, 74.5), (6, 71)), (226, 44, 38), (132, 12, 16))
    body.tint(oval((50, 56.4), (44, 1.8)), (255, 178, 168), 0.7, 1.1)
    body.tint(oval((50, 74), (48, 4)), (40, 4, 8), 0.75, 1.8)
    for pane in ([(32, 51.6), (38.4, 43), (49, 41), (49, 51.4)], [(51.4, 51.4), (51.4, 40.8), (63, 42.4), (72, 51.2)]):
        glass = scene.shape(pane, (150, 184, 206), (54, 74, 92), 0.3)
        glass.tint(
            [(pane[0][0], 52), (pane[0][0] + 7, 40), (pane[0][0] + 11, 40), (pane[0][0] + 4, 52)],
            (255, 255, 255),
            0.3,
            0.5,
        )
    for x in (50.2, 30.8, 75):
        scene.shape([(x, 54), (x + 0.35, 54), (x + 0.35, 71), (x, 71)], (96, 8, 12))
    for x in (44, 66):
        scene.shape(box(x, 57.6, x + 4, 58.6), (110, 10, 14), (240, 120, 110))
    scene.shape(oval((8.4, 61), (2.2, 1.7), -20), (255, 250, 226), (220, 206, 160))
    scene.shape(oval((93.4, 61.4), (1.6, 2.2), -10), (255, 96, 60), (160, 10, 16))
    for x in (23.5, 77):
        scene.shape(oval((x, 71), (9.6, 9.6)), (30, 6, 10))
        wheel(scene, (x, 72.4), 8.2)
    return scene.finished()


def truck() -> Image.Image:
    """A lorry with a box body on a road, from the side."""
    scene = Scene(43)
    sky(scene, 46, 0.6)
    road(scene, 46)
    scene.shadow((50, 82), (48, 4), 0.8, 1.4)
    scene.shape(box(5, 68, 95, 74), (52, 54, 58), (26, 27, 30))
    body = scene.shape(box(31, 20, 97, 69), (250, 250, 248), (206, 209, 213))
    body.tint(box(30, 19, 98, 22), (255, 255, 255), 0.9, 0.4)
    body.tint(box(30, 62, 98, 70), (110, 116, 126), 0.6, 1.6)
    body.tint([(30, 48), (98, 36), (98, 46), (30, 58)], (40, 104, 170), 0.95, 0.15)
    for x in range(36, 96, 6):
        body.tint(box(x, 20, x + 0.35, 69), (150, 154, 160), 0.6, 0.15)
    cab = scene.shape(
        curve((4, 73), (4, 55), (6, 50), (11, 34), (14, 31.4), (29, 31), (29.6, 40), (29.6, 73), (16, 74)),
        (58, 124, 194),
        (22, 70, 128),
    )
    cab.tint(oval((17, 33), (12, 1.6)), (200, 226, 250), 0.8, 0.8)
    cab.tint(box(3, 68, 31, 76), (8, 28, 60), 0.7, 1.6)
    scene.shape([(8.2, 50), (12.4, 36), (15, 35), (15, 50)], (176, 206, 222), (70, 92, 110), 0.3)
    scene.shape(box(17, 35, 27, 50), (168, 200, 218), (60, 82, 100), 0.3)
    scene.shape(box(16, 34, 16.5, 71), (16, 52, 100))
    scene.shape(box(22.6, 53.6, 26, 54.8), (214, 220, 226))
    scene.shape(box(3, 64, 6.4, 67.6), (255, 250, 222), (226, 210, 150))
    scene.shape(box(2.6, 70, 10, 75), (196, 200, 206), (120, 124, 130))
    for x in (17, 72, 87):
        scene.shape(oval((x, 75), (8, 8)), (20, 20, 22))
        wheel(scene, (x, 76), 7)
    return scene.finished()


LEAN: tuple[Point, float] = ((38, 50), -17)  # the horse's neck and head, turned about its shoulder
COAT: tuple[Colour, Colour] = ((150, 90, 48), (104, 58, 30))
FAR_COAT: tuple[Colour, Colour] = ((96, 54, 30), (44, 26, 18))


def horse() -> Image.Image:
    """A brown horse on a meadow, from the side."""
    scene = Scene(57)
    sky(scene, 40, 0.7)
    meadow(scene, 40)
    scene.shadow((53, 90), (36, 3), 0.6, 1.6)
    horse_legs_and_tail(scene)
    back = [(30, 46), (38, 40.6), (50, 40), (62, 39.4), (74, 36.6), (83, 38), (88, 46), (86.6, 56)]
    belly = [(78, 62), (66, 63.6), (52, 66), (40, 65), (31, 60), (28, 53)]
    body = scene.shape(curve(*back, *belly), *COAT)
    neck = [(29, 57), (24.6, 44), (20, 34), (18.6, 26), (21, 17.6), (26, 14.6), (33, 20), (38, 30), (46, 42), (42, 52)]
    front = scene.shape(turned(curve(*neck), *LEAN), (160, 98, 54), (138, 82, 44), 0.3)
    horse_head(scene)
    for part in (body, front):
        part.tint(oval((56, 43), (25, 3.4), -3), (226, 164, 108), 0.55, 2.4)
        part.tint(oval((56, 65), (26, 5)), (46, 24, 14), 0.7, 2.6)
        part.speckle((70, 38, 20), 0.25, 26, 18)
    body.tint(oval((80, 47), (6, 8)), (206, 140, 86), 0.4, 3)
    return scene.finished()


def horse_legs_and_tail(scene: Scene) -> None:
    far_fore = [(41, 60), (49, 60), (46.6, 72), (46, 84), (48, 90), (43, 90), (42.6, 84), (42, 73)]
    far_hind = [(73, 58), (82, 60), (80, 70), (76.6, 76), (76, 85), (77.6, 90), (72.6, 90), (73, 84), (73, 75)]
    for leg in (far_fore, [*far_hind, (74, 69)]):
        scene.shape(curve(*leg), *FAR_COAT)
    tail = curve((83, 38), (89, 38), (93, 46), (94, 60), (91, 74), (89, 66), (88, 52), (84, 44))
    scene.shape(tail, (48, 30, 20), (22, 14, 10)).speckle((110, 74, 46), 0.4, 60, 8)
    fore = [(32, 56), (43, 60), (40, 71), (37.6, 78), (37.4, 86), (39, 91.4), (33, 91.4), (33.6, 85), (34, 76)]
    hind = [(74, 50), (87, 46), (87.6, 57), (83.6, 66), (85, 74), (82.6, 85), (84, 91.4), (78.4, 91.4), (79, 84)]
    for near in ([*fore, (33.0, 68.0)], [*hind, (79.4, 75), (76, 66)]):
        scene.shape(curve(*near), *COAT).tint(box(20, 80, 95, 93), (26, 16, 12), 0.85, 1.6)


def horse_head(scene: Scene) -> None:
    head = [(24, 13), (28, 17), (27, 24), (20, 30), (13, 36.6), (8.4, 38), (6, 34.6), (7, 31), (13, 22), (19, 14.6)]
    face = scene.shape(turned(curve(*head), *LEAN), (158, 96, 52), (110, 64, 36))
    face.tint(turned(oval((8, 35.4), (4, 4)), *LEAN), (44, 28, 22), 0.9, 1)
    face.tint(turned([(19, 16), (8, 30), (9.6, 31), (20, 18.6)], *LEAN), (244, 236, 224), 0.85, 0.3)
    scene.shape(turned([(22.4, 14), (22.6, 6), (25.4, 9), (26.4, 14.4)], *LEAN), (140, 84, 46), (104, 60, 34))  # ear
    scene.shape(turned(oval((17.6, 21.6), (0.95, 0.85)), *LEAN), (14, 10, 10))
    scene.shape(turned(oval((8, 34), (0.7, 0.9), 30), *LEAN), (16, 10, 10))
    mane = [(23, 12), (29, 14), (35, 20), (41, 30), (47, 40.6), (42, 40), (36.6, 34), (33, 25), (28, 18), (23, 17)]
    scene.shape(turned(curve(*mane), *LEAN), (44, 28, 20), (26, 16, 12)).speckle((104, 68, 42), 0.4, 40, 20)


def frog() -> Image.Image:
    """A green frog on the ground."""
    scene = Scene(67)
    scene.backdrop([(0, (92, 82, 62)), (0.5, (122, 104, 78)), (1, (92, 74, 54))])
    scene.veil((52, 42, 30), (scene.noise(14, 14, 5) - 0.45) * 1.8)
    scene.veil((174, 154, 118), (scene.noise(24, 24, 4) - 0.6) * 2)
    scene.shadow((52, 80), (40, 7), 0.75, 2.4)
    green: tuple[Colour, Colour] = ((128, 172, 66), (66, 112, 38))
    hind = [(66, 52), (80, 48), (91, 57), (90, 70), (80, 77), (92, 79), (93, 82), (74, 82), (62, 76)]
    thigh = scene.shape(curve(*hind), (112, 156, 58), (58, 98, 34))
    thigh.tint(oval((80, 54), (9, 4), 25), (186, 216, 112), 0.6, 1.8)
    body = [
        (14, 50),
        (20, 38),
        (32, 32),
        (48, 34),
        (66, 42),
        (78, 54),
        (80, 68),
        (68, 77),
        (46, 79),
        (26, 74),
        (15, 63),
    ]
    trunk = scene.shape(curve(*body), *green)
    trunk.tint(oval((30, 70), (20, 9), 12), (226, 226, 168), 0.9, 2.4)
    trunk.tint(oval((50, 40), (22, 4.6), 18), (202, 228, 128), 0.65, 2.2)
    trunk.tint(
        [(13, 55), (24, 59), (37, 58), (44, 53), (44, 54), (37, 59.4), (24, 60.6), (13, 56.6)], (38, 58, 24), 0.9, 0.25
    )
    for x, y, size in ((54.0, 46.0, 2.6), (63, 53, 3), (70, 62, 2.6), (58, 60, 2.2), (46, 44, 1.8), (78, 58, 2)):
        trunk.tint(oval((x, y), (size * 1.3, size), 20), (52, 82, 30), 0.75, 0.5)
    trunk.speckle((40, 70, 24), 0.3, 30, 30)
    for x, lean in ((33.0, -5), (54.0, 3)):
        arm = [(x, 62), (x + 8, 62), (x + 7 + lean, 76), (x + 12 + lean, 83), (x - 4 + lean, 84), (x + 1 + lean, 76)]
        limb = scene.shape(curve(*arm), (118, 160, 60), (70, 112, 40))
        limb.tint(oval((x + 2, 68), (1.6, 8)), (190, 216, 120), 0.5, 1)
    for x, y, size in ((24, 35, 6.4), (42, 33.6, 5.6)):
        scene.shape(oval((x, y), (size, size)), (140, 182, 74), (84, 130, 44))
        eye = scene.shape(oval((x - 0.6, y), (size * 0.68, size * 0.68)), (226, 176, 62), (170, 116, 30))
        eye.tint(oval((x - 0.8, y), (size * 0.42, size * 0.3)), (10, 10, 8), 1, 0.15)
        eye.tint(oval((x - 2, y - 1.6), (0.9, 0.8)), (255, 255, 255), 1, 0.15)
    scene.shape(oval((16.6, 47.6), (0.7, 0.5)), (36, 56, 22))
    return scene.finished()


SCENES: dict[str, Callable[[], Image.Image]] = {
    "aeroplane": aeroplane,
    "car": car,
    "frog": frog,
    "horse": horse,
    "ship": ship,
    "truck": truck,
}


def main(folder: str = "") -> None:
    target = Path(folder) if folder else Path(__file__).parent.parent / "assets" / "samples"
    target.mkdir(parents=True, exist_ok=True)
    for name, draw in SCENES.items():
        path = target / f"{name}.jpg"
        draw().save(path, quality=88, optimize=True)
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:2])
