"""The states of shots and generations."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread

import pytest
from PIL import Image

from sandbox_talk import (
    GENERATION,
    MODEL,
    PENDING_SHOT,
    PREDICTION,
    REVIEW_SHOT,
    SECOND_PREDICTION,
    UNKNOWN,
    Talk,
    talking,
)


def test_a_generation_starts_pending(start: Callable[..., Talk]) -> None:
    """The answer shows the wish: as many pending images, of the named or the standard model."""
    talk = start(step_seconds=60).log_in("demo")
    body = {"num_predictions": 3.0, "model_id": None}
    generation = talk.post(f"/shots/{PENDING_SHOT}/generate", json=body).json()
    assert ("pending", 3, None) == (
        generation["status"],
        generation["batch_size"],
        generation["completed_at"],
    )
    assert MODEL == generation["generative_models_id"]
    assert ["pending"] * 3 == [p["status"] for p in generation["predictions"]]
    assert generation == talk.get(f"/generations/{generation['id']}").json()
    assert "generating" == talk.get(f"/shots/{PENDING_SHOT}").json()["status"]


def test_a_generation_ends_with_images(talk: Talk) -> None:
    """Every image is a PNG at its address, and the shot is up for review with the first one."""
    generation = talk.generated(PENDING_SHOT, 2)
    assert "completed" == generation["status"]
    for prediction in generation["predictions"]:
        assert "completed" == prediction["status"]
        assert prediction["image_url"] == prediction["result_image_url"]
        answer = talk.get(prediction["image_url"])
        with Image.open(BytesIO(answer.content)) as image:
            assert ("PNG", (generation["width"], generation["height"])) == (
                image.format,
                image.size,
            )
    shot = talk.get(f"/shots/{PENDING_SHOT}").json()
    (revision,) = shot["revisions"]
    first = generation["predictions"][0]["image_url"]
    assert ("review", "review", first, first) == (
        shot["status"],
        revision["shot_revision_status"],
        shot["current_image_url"],
        revision["effective_image_url"],
    )
    assert [p["id"] for p in generation["predictions"]] == [
        image["prediction_id"] for image in revision["images"]
    ]
    assert (revision["id"], 1, None) == (
        shot["current_revision_id"],
        revision["version"],
        revision["previous_revision_id"],
    )


def test_a_failed_generation_leaves_the_shot_pending(start: Callable[..., Talk]) -> None:
    """When every image fails, so does the generation, and the shot can be tried again."""
    talk = start(failure_rate=1.0).log_in("demo")
    generation = talk.generated(PENDING_SHOT)
    assert ("failed", None) == (generation["status"], generation["completed_at"])
    (prediction,) = generation["predictions"]
    assert ("error", "PROVIDER_ERROR", None) == (
        prediction["status"],
        prediction["error_category"],
        prediction["image_url"],
    )
    assert "pending" == talk.get(f"/shots/{PENDING_SHOT}").json()["status"]
    assert "failed" == talk.generated(PENDING_SHOT)["status"]


def test_an_approval_settles_a_shot(talk: Talk) -> None:
    """The approved image becomes the image of the shot, and nothing changes it afterwards."""
    body = {"prediction_id": SECOND_PREDICTION}
    shot = talk.post(f"/shots/{REVIEW_SHOT}/approve", json=body).json()
    second = talk.get(f"/generations/{GENERATION}").json()["predictions"][1]
    assert ("approved", "approved", second["image_url"]) == (
        shot["status"],
        shot["revisions"][0]["shot_revision_status"],
        shot["current_image_url"],
    )
    for verb, again in (("approve", body), ("reject", {}), ("generate", {})):
        assert 409 == talk.post(f"/shots/{REVIEW_SHOT}/{verb}", json=again).status_code
    assert shot == talk.get(f"/shots/{REVIEW_SHOT}").json()


def test_a_rejection_sends_a_shot_back(talk: Talk) -> None:
    """The notes stay with the revision, the rework is counted, and a new try is chained to it."""
    before = talk.get(f"/shots/{REVIEW_SHOT}").json()
    shot = talk.post(f"/shots/{REVIEW_SHOT}/reject", json={"notes": "Too dark"}).json()
    (revision,) = shot["revisions"]
    assert ("rejected", "rejected", "Too dark", 1) == (
        shot["status"],
        revision["shot_revision_status"],
        revision["notes"],
        shot["rework_used"],
    )
    assert shot["updated_at"] > before["updated_at"]
    assert 409 == talk.post(f"/shots/{REVIEW_SHOT}/reject", json={}).status_code
    talk.generated(REVIEW_SHOT)
    shot = talk.get(f"/shots/{REVIEW_SHOT}").json()
    assert [(1, None), (2, revision["id"])] == [
        (r["version"], r["previous_revision_id"]) for r in shot["revisions"]
    ]
    assert ("review", shot["revisions"][1]["id"]) == (shot["status"], shot["current_revision_id"])


def test_a_running_generation_blocks_the_shot(start: Callable[..., Talk]) -> None:
    """While images are made, generate, approve and reject are 409."""
    talk = start(step_seconds=60).log_in("demo")
    assert 200 == talk.post(f"/shots/{REVIEW_SHOT}/generate", json={}).status_code
    body = {"prediction_id": PREDICTION}
    for verb, again in (("generate", {}), ("approve", body), ("reject", {})):
        assert 409 == talk.post(f"/shots/{REVIEW_SHOT}/{verb}", json=again).status_code


def test_a_shot_that_is_not_in_review_takes_no_verdict(talk: Talk) -> None:
    """A pending shot can be neither rejected nor approved."""
    assert 409 == talk.post(f"/shots/{PENDING_SHOT}/reject", json={}).status_code
    body = {"prediction_id": PREDICTION}
    answer = talk.post(f"/shots/{PENDING_SHOT}/approve", json=body)
    assert (404, {"detail": "Prediction not found"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("verb", "body", "thing"),
    [
        ("generate", {"model_id": UNKNOWN}, "Generation model"),
        ("approve", {"prediction_id": UNKNOWN}, "Prediction"),
    ],
)
def test_unknown_ids_in_a_verdict_are_404(talk: Talk, verb: str, body: dict[str, str], thing: str) -> None:
    """The answer names what was not found, and the shot stays as it was."""
    answer = talk.post(f"/shots/{REVIEW_SHOT}/{verb}", json=body)
    assert (404, {"detail": f"{thing} not found"}) == (answer.status_code, answer.json())
    assert "review" == talk.get(f"/shots/{REVIEW_SHOT}").json()["status"]


def test_a_failed_image_cannot_be_approved(start: Callable[..., Talk]) -> None:
    """A prediction without an image is 409, even when the shot is in review."""
    talk = start(failure_rate=0.5, seed=1).log_in("demo")
    generation = talk.generated(PENDING_SHOT, 8)
    failed = next(p["id"] for p in generation["predictions"] if p["status"] == "error")
    body = {"prediction_id": failed}
    answer = talk.post(f"/shots/{PENDING_SHOT}/approve", json=body)
    assert (409, {"detail": "Prediction is not completed"}) == (answer.status_code, answer.json())


def test_a_seed_repeats_a_run(start: Callable[..., Talk]) -> None:
    """The same seed gives the same ids and the same images."""
    runs = []
    for _ in range(2):
        talk = start(seed=7).log_in("demo")
        generation = talk.generated(PENDING_SHOT)
        image = talk.get(generation["predictions"][0]["image_url"]).content
        runs.append((generation["id"], image))
    assert runs[0] == runs[1]


def test_of_two_approvals_at_once_one_wins(tmp_path: Path) -> None:
    """Two applications on one file: one answers 200, the other 409."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    with talking(database_url=url):
        pass
    barrier = Barrier(2)
    answers: list[int] = []

    def approve(prediction: str) -> None:
        with talking(database_url=url) as talk:
            talk.log_in("demo")
            barrier.wait()
            body = {"prediction_id": prediction}
            answers.append(talk.post(f"/shots/{REVIEW_SHOT}/approve", json=body).status_code)

    threads = [Thread(target=approve, args=(p,)) for p in (PREDICTION, SECOND_PREDICTION)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [200, 409] == sorted(answers)


def test_a_running_generation_survives_a_restart(tmp_path: Path) -> None:
    """What a stopped sandbox left unfinished, the next one on the same file finishes."""
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    with talking(database_url=url, step_seconds=60) as talk:
        talk.log_in("demo")
        generation = talk.post(f"/shots/{PENDING_SHOT}/generate", json={}).json()
    with talking(database_url=url, seed_demo=False) as talk:
        talk.log_in("demo")
        path = f"/generations/{generation['id']}"
        talk.until(path, lambda document: document["status"] == "completed")
        assert 2 == talk.get("/shots/").json()["total"]
