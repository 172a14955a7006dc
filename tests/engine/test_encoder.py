import importlib.util
from pathlib import Path

import numpy as np
import pytest

from matchmaker.engine.encoder import Encoder, EncoderError
from matchmaker.engine.fusion import (
    VectorArray,
    known_scripts,
    nearness,
    on_grid,
    speaks,
)

INSTALLED = importlib.util.find_spec("sentence_transformers") is not None
neural = pytest.mark.skipif(
    not INSTALLED, reason="needs the extra [neural]: pip install 'matchmaker[neural]'"
)


def unit_vectors(count: int, width: int = 24) -> VectorArray:
    drawn = np.random.default_rng(1).normal(size=(count, width))
    length = np.linalg.norm(drawn, axis=1, keepdims=True)
    return on_grid((drawn / length).astype(np.float32))


def test_what_lies_below_the_floor_adds_nothing() -> None:
    one = np.array([[1, 0]], np.float32)
    others = np.array([[1, 0], [0.5, 0.75], [0.25, 1], [-1, 0], [0, 0]], np.float32)
    assert nearness(one, others, 0.25).tolist() == [[0.75, 0.25, 0, 0, 0]]


def test_cosines_are_the_same_to_the_last_bit_in_any_blocks() -> None:
    vectors = unit_vectors(200)
    whole = nearness(vectors, vectors, 0.0)
    singly = [[nearness(a[None], b[None], 0.0)[0, 0] for b in vectors] for a in vectors]
    assert np.array_equal(whole, np.array(singly))
    assert np.array_equal(whole, nearness(vectors[:, ::-1], vectors[:, ::-1], 0.0))


def test_the_grid_hardly_turns_a_vector() -> None:
    drawn = np.random.default_rng(2).normal(size=(50, 384))
    exact = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    rounded = on_grid(exact)
    assert np.abs(rounded @ rounded.T - exact @ exact.T).max() < 0.002


def test_a_model_reads_scripts_of_which_it_has_more_than_single_signs() -> None:
    english = [f"word{chr(97 + at % 26)}" for at in range(5_000)]
    assert known_scripts([*english, *"абвгд", *"的一是"]) == {"LATIN"}
    russian = [f"слово{at}" for at in range(5_000)]
    assert known_scripts([*english, *russian]) == {"LATIN", "CYRILLIC"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Steel pipes", True),
        ("Трубы из стали", False),
        ("钢管", False),
        ("CNC-станок", False),
        ("CNC milling станок", True),
        ("2026!", False),
        ("", False),
    ],
)
def test_a_text_is_read_if_most_of_it_is_in_a_known_script(
    text: str, *, read: bool
) -> None:
    assert speaks(text, frozenset({"LATIN"})) is read


def test_a_model_that_is_nowhere_is_told_in_one_line() -> None:
    with pytest.raises(
        EncoderError, match=r"no model of this name|not installed"
    ) as told:
        Encoder("nobody/has-this").encode(["steel"])
    assert "\n" not in str(told.value)


@pytest.mark.skipif(INSTALLED, reason="the extra [neural] is installed")
def test_without_the_extra_the_message_names_it() -> None:
    with pytest.raises(EncoderError, match=r"pip install 'matchmaker\[neural\]'"):
        Encoder().encode(["steel"])


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@neural
def test_texts_of_one_meaning_are_near_without_a_common_word(encoder: Encoder) -> None:
    need, near, far = encoder.encode(
        ["shipping goods by sea", "ocean freight forwarder", "wedding photographer"]
    )
    assert need @ near > 0.4
    assert need @ far < 0.25


@neural
def test_vectors_have_length_one_and_unread_texts_none(encoder: Encoder) -> None:
    long = "steel pipes for oil and gas " * 2_000
    found = encoder.encode(["steel", long, "трубы", "钢管", "", "🚢🚢"])
    assert found.dtype == np.float32
    length = np.linalg.norm(found, axis=1)
    assert length == pytest.approx([1, 1, 0, 0, 0, 0], abs=0.01)


@neural
@pytest.mark.parametrize("text", ["\ud83d", "steel \udc00 pipes", "a\0b", "x" * 9_999])
def test_odd_texts_have_vectors_of_numbers(encoder: Encoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()


@neural
def test_a_long_text_is_read_beyond_the_window_of_the_model(encoder: Encoder) -> None:
    start = "Accounting and payroll for small firms. " * 60
    found = encoder.encode([start, f"{start} {'Diving school with boats. ' * 60}"])
    need = encoder.encode(["scuba diving lessons"])[0]
    assert need @ found[1] > need @ found[0] + 0.1


@neural
def test_company_in_a_batch_changes_a_vector_by_rounding_only(encoder: Encoder) -> None:
    texts = ["steel", "a maker of welded steel pipes for water works", "tea"]
    alone = [Encoder().encode([text])[0] for text in texts]
    assert np.abs(encoder.encode(texts) - np.stack(alone)).max() <= 1 / 1_024


@neural
def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 0)


@neural
def test_a_second_run_reads_the_cache_without_the_model(tmp_path: Path) -> None:
    texts = [f"supplier number {at}" for at in range(40)]
    made = Encoder(cache=tmp_path).encode(texts)
    again = Encoder(cache=tmp_path)
    assert np.array_equal(again.encode(texts), made)
    assert again._loaded is None


@neural
def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    texts = [f"supplier number {at}" for at in range(40)]
    made = Encoder(cache=tmp_path).encode(texts)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    assert np.array_equal(Encoder(cache=tmp_path).encode(texts), made)
    assert Encoder(cache=tmp_path)._vectors().keys()


@neural
def test_what_is_not_kept_leaves_the_cache(tmp_path: Path) -> None:
    texts = [f"supplier number {at}" for at in range(40)]
    encoder = Encoder(cache=tmp_path)
    encoder.encode(texts)
    encoder.keep_only(texts[:3])
    assert len(Encoder(cache=tmp_path)._vectors()) == 3


@neural
def test_a_model_is_found_by_its_folder(encoder: Encoder) -> None:
    assert encoder.name
    own = Encoder(str(encoder._folder))
    assert np.array_equal(own.encode(["steel"]), encoder.encode(["steel"]))


@neural
def test_a_folder_that_holds_no_weights_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}', "utf-8")
    with pytest.raises(EncoderError, match="model") as told:
        Encoder(str(tmp_path)).encode(["steel"])
    assert "\n" not in str(told.value)
