import math
from dataclasses import fields, replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import leaky_relu, logsigmoid

from isolex.arrays import generator
from isolex.errors import InputError
from isolex.mapping import Mapping, Problem, adversarial
from isolex.mapping.adversarial import Adversarial, mean_csls_cosine, orthogonality_step
from isolex.mapping.discriminator import Discriminator
from isolex.normalize import unit_rows
from isolex.progress import listening, stopping
from tests.comparisons import assert_close, assert_same, assert_translates
from tests.oracles import retrieval as oracle
from tests.planted import gaussian, rotation, shuffled_pairs, unit_gaussian

SMALL = Adversarial(
    hidden=32,
    dropout=0.0,
    batch_size=64,
    discriminator_steps=2,
    scale=2.0,
    orthogonality=0.05,
    epochs=3,
    epoch_size=64 * 20,
)


def clustered(n: int = 400, d: int = 6, seed: int = 0) -> tuple[Problem, Tensor]:
    """A cloud of uneven clusters and the same cloud turned, in another order; and the pairs."""
    centres = unit_gaussian(12, d, seed + 1)
    cluster = torch.multinomial(torch.arange(1.0, 13), n, replacement=True, generator=generator(seed))
    x = unit_rows(centres[cluster] + 0.4 * gaussian(n, d, seed + 2))
    pairs = shuffled_pairs(n, seed + 3)
    z = torch.empty(n, d)
    z[pairs[:, 1]] = x @ rotation(d, seed + 4)
    return Problem(x, z), pairs


def settings_of(solver: Adversarial) -> dict[str, float]:
    return {own.name: getattr(solver, own.name) for own in fields(solver)}


class TestTraining:
    def test_a_turned_cloud_is_found_without_pairs(self) -> None:
        """Not at every seed, but the criterion tells when."""
        problem, pairs = clustered()
        patient = replace(
            SMALL,
            hidden=64,
            learning_rate=0.2,
            map_rate=8.0,
            orthogonality=0.1,
            epochs=4,
            epoch_size=64 * 150,
        )
        for seed in range(5):
            found = replace(patient, seed=seed).solve(problem)
            if max(row["criterion"] for row in found.trace) > 0.98:
                break
        assert_translates(found, problem.x, problem.z, pairs, least=0.95)
        assert mean_csls_cosine(*Mapping.one_sided(torch.eye(6)).apply(problem.x, problem.z)) < 0.95

    def test_the_best_epoch_is_kept_as_it_is(self, monkeypatch) -> None:
        values, maps = iter([0.1, 0.5, 0.3, 0.4]), []

        def criterion(solver, w, problem):
            maps.append(w)
            return next(values)

        monkeypatch.setattr(Adversarial, "_criterion", criterion)
        found = replace(SMALL, epochs=4).solve(clustered()[0])
        assert_same(found.source, maps[1])
        assert_same(found.target, torch.eye(6))
        assert [row["criterion"] for row in found.trace] == [0.1, 0.5, 0.3, 0.4]

    def test_the_trace_tells_the_criterion_of_the_map(self) -> None:
        problem = clustered()[0]
        found = SMALL.solve(problem)
        assert [row["epoch"] for row in found.trace] == [1, 2, 3]
        assert all(0 < row["discriminator_loss"] < 2 for row in found.trace)
        best = max(row["criterion"] for row in found.trace)
        assert_close(best, mean_csls_cosine(*found.apply(problem.x, problem.z)))

    def test_the_map_stays_near_the_orthogonal_ones(self) -> None:
        bound = replace(SMALL, map_rate=4.0, epochs=1, epoch_size=64 * 150)
        free = replace(bound, orthogonality=0.0)
        w, loose = (solver.solve(clustered()[0]).source for solver in (bound, free))
        assert float((w - torch.eye(6)).norm()) > 1
        spectra = [torch.linalg.svdvals(each) for each in (w, loose)]
        assert float((spectra[0] - 1).abs().max()) < 0.25
        assert float((spectra[1] - 1).abs().max()) > 0.3

    def test_the_seed_decides(self) -> None:
        problem = clustered()[0]
        first, again, other = (replace(SMALL, dropout=0.1, seed=seed).solve(problem) for seed in (1, 1, 2))
        assert_same(first.source, again.source)
        assert first.trace == again.trace
        assert not torch.equal(first.source, other.source)

    def test_the_global_generator_and_autograd_are_left_alone(self) -> None:
        problem, state = clustered()[0], torch.get_rng_state()
        before = [problem.x.clone(), problem.z.clone()]
        found = replace(SMALL, dropout=0.1).solve(problem)
        assert torch.equal(torch.get_rng_state(), state)
        assert not found.source.requires_grad
        assert_same(problem.x, before[0])
        assert_same(problem.z, before[1])
        with torch.inference_mode():
            assert_close(replace(SMALL, dropout=0.1).solve(problem).source, found.source)

    def test_pairs_are_ignored(self) -> None:
        problem, pairs = clustered()
        assert_same(
            SMALL.solve(Problem(problem.x, problem.z, pairs)).source,
            SMALL.solve(problem).source,
        )

    def test_only_the_most_frequent_words_are_drawn(self) -> None:
        problem = clustered()[0]
        rare = [side.clone() for side in (problem.x, problem.z)]
        for side in rare:
            side[100:] = math.nan
        solver = replace(SMALL, vocabulary=100, criterion_words=100)
        assert_same(solver.solve(Problem(*rare)).source, solver.solve(problem).source)

    def test_an_epoch_is_as_many_steps_as_its_words_make_batches(self, monkeypatch) -> None:
        steps: list[float] = []
        deceive = adversarial._Game._deceive
        monkeypatch.setattr(
            adversarial._Game, "_deceive", lambda game, rate: (steps.append(rate), deceive(game, rate))
        )
        replace(SMALL, epochs=2, epoch_size=64 * 7 + 63).solve(clustered()[0])
        assert len(steps) == 14
        steps.clear()
        replace(SMALL, epochs=2, epoch_size=1).solve(clustered()[0])
        assert len(steps) == 2


class TestLearningRate:
    def test_it_decays_and_shrinks_where_the_criterion_falls(self, monkeypatch) -> None:
        values = iter([0.1, 0.3, 0.2, 0.25, 0.25, 0.1])
        monkeypatch.setattr(Adversarial, "_criterion", lambda *_: next(values))
        solver = replace(SMALL, epochs=6, learning_rate=0.1, decay=0.9, shrink=0.5, epoch_size=1)
        rates = [row["learning_rate"] for row in solver.solve(clustered()[0]).trace]
        assert_close(rates, [0.1, 0.09, 0.081, 0.03645, 0.032805, 0.0295245])

    def test_training_ends_when_it_is_too_low(self) -> None:
        solver = replace(SMALL, epochs=99, decay=0.1, minimum_rate=1e-4, epoch_size=64)
        trace = solver.solve(clustered()[0]).trace
        assert 1 < len(trace) <= 4
        assert all(row["learning_rate"] >= 1e-4 for row in trace)


class TestEndingEarly:
    def test_a_stop_within_an_epoch_ends_it_with_what_is_there(self) -> None:
        asked: list[int] = []

        def wanted() -> bool:
            asked.append(1)
            return len(asked) >= 3

        with stopping(wanted):
            found = replace(SMALL, epochs=50, epoch_size=64 * 10**6).solve(clustered()[0])
        assert len(asked) == 4  # three times within the epoch, once after it
        assert [row["epoch"] for row in found.trace] == [1]
        assert not torch.equal(found.source, torch.eye(6))

    def test_the_best_epoch_before_the_stop_is_the_result(self, monkeypatch) -> None:
        values, maps = iter([0.5, 0.1]), []
        monkeypatch.setattr(
            Adversarial, "_criterion", lambda solver, w, problem: (maps.append(w), next(values))[1]
        )
        with stopping(lambda: len(maps) >= 2):
            found = replace(SMALL, epochs=50).solve(clustered()[0])
        assert_same(found.source, maps[0])
        assert len(found.trace) == 2

    @pytest.mark.parametrize("rate", [1e3, 1e20, 1e38])
    def test_a_training_that_blows_up_gives_the_identity(self, rate) -> None:
        found = replace(SMALL, learning_rate=rate, epochs=5).solve(clustered()[0])
        assert_same(found.source, torch.eye(6))
        (row,) = found.trace
        assert row.pop("stopped") == "not finite"
        assert row == {"epoch": 1, "criterion": None, "discriminator_loss": None, "learning_rate": rate}

    def test_a_training_that_blows_up_later_gives_the_best_until_then(self, monkeypatch) -> None:
        first = SMALL.solve(clustered()[0]).trace[0]
        play, played = adversarial._Game.play, []

        def blow_up_later(game, steps, rate):
            played.append(rate)
            return play(game, steps, rate if len(played) == 1 else 1e30)

        monkeypatch.setattr(adversarial._Game, "play", blow_up_later)
        found = SMALL.solve(clustered()[0])
        assert found.trace[0] == first
        assert found.trace[1]["stopped"] == "not finite"
        assert len(found.trace) == 2
        assert torch.isfinite(found.source).all()
        assert not torch.equal(found.source, torch.eye(6))

    def test_epochs_are_told_to_listeners(self) -> None:
        heard: list[str] = []

        class Listener:
            def start(self, label: str, total: int) -> object:
                heard.append(f"{label} {total}")
                return label

            def advance(self, loop: object) -> None: ...

            def note(self, loop: object, text: str) -> None:
                if loop == "adversarial training":
                    heard.append(text)

            def finish(self, loop: object) -> None: ...

        with listening(Listener()):
            trace = SMALL.solve(clustered()[0]).trace
        assert "adversarial training 3" in heard
        assert [text for text in heard if text.startswith("criterion")] == [
            f"criterion {row['criterion']:.3f}" for row in trace
        ]


class TestGradients:
    """Of both losses, in float64, against autograd on their definitions."""

    BATCH, D, HIDDEN, S = 7, 3, 5, 0.2

    @pytest.fixture
    def discriminator(self) -> Discriminator:
        return Discriminator(self.D, self.HIDDEN, generator(0), torch.zeros((), dtype=torch.float64))

    @pytest.fixture
    def rows(self) -> Tensor:
        return 3 * gaussian(2 * self.BATCH, self.D, 1).double()

    def log_odds(self, layers, rows: Tensor) -> Tensor:
        for weight, bias in layers[:-1]:
            rows = leaky_relu(rows @ weight + bias, 0.2)
        weight, bias = layers[-1]
        return (rows @ weight + bias)[:, 0]

    def loss(self, layers, rows: Tensor, labels: Tensor) -> Tensor:
        odds = self.log_odds(layers, rows)
        return -(labels * logsigmoid(odds) + (1 - labels) * logsigmoid(-odds)).sum()

    def labels(self) -> Tensor:
        return torch.tensor([1 - self.S] * self.BATCH + [self.S] * self.BATCH).double()

    def test_log_odds(self, discriminator, rows) -> None:
        assert_close(discriminator.logits(rows), self.log_odds(discriminator.layers, rows), rtol=1e-12)

    def test_a_step_of_the_discriminator(self, discriminator, rows) -> None:
        before = [[part.clone().requires_grad_() for part in layer] for layer in discriminator.layers]
        expected = self.loss(before, rows, self.labels())
        expected.backward()
        assert_close(discriminator.learn(rows, self.labels(), 0.1), expected.detach(), rtol=1e-12)
        for old, new in zip(before, discriminator.layers, strict=True):
            for was, now in zip(old, new, strict=True):
                assert float(was.grad.abs().max()) > 0
                assert_close((was - now).detach(), 0.1 * was.grad, atol=1e-12, rtol=1e-10)

    def test_the_pull_on_the_rows(self, discriminator, rows) -> None:
        leaf = rows.clone().requires_grad_()
        self.loss(discriminator.layers, leaf, self.labels()).backward()
        kept = [[part.clone() for part in layer] for layer in discriminator.layers]
        assert_close(discriminator.pull(rows, self.labels()), leaf.grad, atol=1e-12, rtol=1e-10)
        for old, new in zip(kept, discriminator.layers, strict=True):
            for was, now in zip(old, new, strict=True):
                assert_same(now, was)

    def test_a_step_of_the_map_follows_its_loss(self) -> None:
        """The whole step, with the words drawn, against finite differences of L_W in W."""
        x = unit_gaussian(20, self.D).double()
        solver = Adversarial(
            hidden=self.HIDDEN, batch_size=self.BATCH, smoothing=self.S, scale=3.0, orthogonality=0.0
        )
        game = adversarial._Game(solver, Problem(x, x))
        same = adversarial._Game(solver, Problem(x, x))
        drawn = same._batch(same._x)

        def loss(w: Tensor) -> float:
            odds = self.log_odds(game._discriminator.layers, drawn @ w)
            return -float((self.S * logsigmoid(odds) + (1 - self.S) * logsigmoid(-odds)).mean())

        expected = torch.zeros(self.D, self.D).double()
        for i in range(self.D):
            for j in range(self.D):
                nudge = torch.zeros(self.D, self.D).double()
                nudge[i, j] = 1e-6
                expected[i, j] = (loss(game.w + nudge) - loss(game.w - nudge)) / 2e-6
        before = game.w
        game._deceive(0.1)
        assert float(expected.abs().max()) > 1e-3
        assert_close(before - game.w, 0.1 * expected, atol=1e-9)

    def test_the_discriminator_learns(self) -> None:
        left, right = gaussian(50, 4), gaussian(50, 4, 1) + 1
        rows, labels = torch.cat([left, right]), torch.cat([torch.ones(50), torch.zeros(50)])
        discriminator = Discriminator(4, 16, generator(0), rows)
        losses = [float(discriminator.learn(rows, labels, 0.01)) for _ in range(200)]
        assert losses[-1] < losses[0] / 2
        assert float(discriminator.logits(left).mean()) > 0 > float(discriminator.logits(right).mean())


class TestDraws:
    def test_dropout_blanks_its_share_and_keeps_the_mean(self, monkeypatch) -> None:
        seen: list[Tensor] = []
        learn = Discriminator.learn
        monkeypatch.setattr(
            Discriminator,
            "learn",
            lambda self, rows, labels, rate: (seen.append(rows), learn(self, rows, labels, rate))[1],
        )
        x = torch.ones(50, 10)
        game = adversarial._Game(replace(SMALL, dropout=0.25, batch_size=500), Problem(x, x))
        game._teach(0.1)
        assert seen[0].shape == (1000, 10)
        assert_close(seen[0].unique(), [0, 2 / 0.75])
        assert_close(float(seen[0].mean()), 2, rtol=0.02)

    def test_labels_are_smoothed_and_swapped_for_the_map(self) -> None:
        game = adversarial._Game(replace(SMALL, smoothing=0.2, batch_size=2), clustered()[0])
        assert_close(game._truth, [0.8, 0.8, 0.2, 0.2])
        assert_close(game._deceit, [0.2, 0.2])


class TestOrthogonalityStep:
    def test_definition(self) -> None:
        w = gaussian(4, 4).double()
        assert_close(orthogonality_step(w, 0.3), 1.3 * w - 0.3 * w @ w.T @ w)

    def test_an_orthogonal_map_stays(self) -> None:
        assert_close(orthogonality_step(rotation(5), 0.01), rotation(5))

    def test_others_are_drawn_to_their_polar_factor(self) -> None:
        turn = rotation(5).double()
        w = turn + 0.1 * gaussian(5, 5).double()
        u, _, vt = torch.linalg.svd(w)
        for _ in range(200):
            w = orthogonality_step(w, 0.1)
        assert_close(w, u @ vt, atol=1e-4)


class TestCriterion:
    @pytest.mark.parametrize(("n", "m", "k", "words"), [(30, 40, 10, 99), (30, 40, 3, 20), (5, 4, 10, 10)])
    def test_agrees_with_its_definition(self, n, m, k, words) -> None:
        x, z = unit_gaussian(n, 4), unit_gaussian(m, 4, 1)
        a, b = x[:words].double().numpy(), z[:words].double().numpy()
        best = oracle.csls(a, b, a, k).argmax(axis=1)
        assert_close(mean_csls_cosine(x, z, k, words), (a * b[best]).sum(axis=1).mean(), atol=1e-6)

    def test_the_same_space_has_one_and_an_unrelated_one_less(self) -> None:
        x = unit_gaussian(200, 5)
        assert_close(mean_csls_cosine(x, x), 1)
        assert mean_csls_cosine(x, unit_gaussian(200, 5, 1)) < 0.95


class TestInput:
    def test_dimensions_must_agree(self) -> None:
        with pytest.raises(InputError) as caught:
            SMALL.solve(Problem(unit_gaussian(20, 5), unit_gaussian(20, 7, 1)))
        message = str(caught.value)
        assert "5 source and 7 target dimensions" in message
        assert "gromov-wasserstein" in message
        assert "\n" not in message

    @pytest.mark.parametrize(("n", "m"), [(300, 300), (20, 20), (20, 300), (1, 2)])
    def test_tiny_vocabularies(self, n, m) -> None:
        found = SMALL.solve(Problem(unit_gaussian(n, 6), unit_gaussian(m, 6, 1)))
        assert torch.isfinite(found.source).all()
        assert found.source.dtype == torch.float32
        assert len(found.trace) == 3

    def test_zero_rows(self) -> None:
        problem = clustered()[0]
        x = problem.x.clone()
        x[::3] = 0
        assert torch.isfinite(SMALL.solve(Problem(x, problem.z)).source).all()
        nothing = torch.zeros(20, 3)
        assert torch.isfinite(SMALL.solve(Problem(nothing, nothing)).source).all()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("hidden", 0),
            ("vocabulary", 0),
            ("batch_size", 0),
            ("discriminator_steps", 0),
            ("epochs", 0),
            ("epoch_size", 0),
            ("criterion_words", 0),
            ("k", 0),
            ("learning_rate", 0.0),
            ("learning_rate", math.nan),
            ("learning_rate", math.inf),
            ("map_rate", 0.0),
            ("scale", -1.0),
            ("minimum_rate", 0.0),
            ("decay", 0.0),
            ("decay", 1.1),
            ("shrink", math.nan),
            ("dropout", 1.0),
            ("dropout", -0.1),
            ("smoothing", 0.5),
            ("smoothing", math.nan),
            ("orthogonality", -0.1),
            ("orthogonality", 0.6),
        ],
    )
    def test_unusable_settings(self, name, value) -> None:
        with pytest.raises(InputError, match=f"Adversarial: got {name} .*expected"):
            Adversarial(**{name: value})


PUBLISHED = {
    "hidden": 2048,
    "dropout": 0.1,
    "batch_size": 32,
    "discriminator_steps": 5,
    "learning_rate": 0.1,
    "map_rate": 1.0,
    "epochs": 5,
    "epoch_size": 1_000_000,
    "shrink": 0.5,
    "minimum_rate": 1e-6,
    "criterion_words": 10_000,
    "k": 10,
    "seed": 7,
}


class TestNamedSettings:
    def test_paper(self) -> None:
        own = {"smoothing": 0.2, "vocabulary": 50_000, "orthogonality": 0.01, "decay": 0.95}
        expected = PUBLISHED | own
        assert settings_of(Adversarial.paper(seed=7)).items() >= expected.items()

    def test_released(self) -> None:
        own = {"smoothing": 0.1, "vocabulary": 75_000, "orthogonality": 0.001, "decay": 0.98}
        expected = PUBLISHED | own
        assert settings_of(Adversarial.released(seed=7)).items() >= expected.items()
        assert Adversarial() == Adversarial.released()

    def test_the_budget_for_a_cpu_is_a_small_part_of_that(self) -> None:
        def multiplications(solver: Adversarial) -> float:
            words = solver.epochs * solver.epoch_size * solver.discriminator_steps
            return words * solver.hidden * (300 + solver.hidden)

        assert multiplications(Adversarial.cpu()) < multiplications(Adversarial.released()) / 50
        assert Adversarial.cpu(seed=7) == replace(Adversarial.cpu(), seed=7)
