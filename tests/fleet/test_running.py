"""Jobs are done once, whoever does them, and whatever happens meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from isolex.errors import InputError, IsolexWarning, MissingExtraError
from isolex.fleet import (
    HereExecutor,
    Job,
    Ledger,
    LocalExecutor,
    RayExecutor,
    SlurmExecutor,
    run_jobs,
)
from isolex.progress import listening

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def importable(monkeypatch) -> None:
    """Workers find the functions of the tests."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def job(name: str, *, work: str = "write", digest: str = "1", **settings) -> Job:
    return Job(name, f"tests.fleet.works:{work}", {"text": name, **settings}, {"input": digest})


def jobs(count: int, **settings) -> list[Job]:
    return [job(f"{number}.txt", **settings) for number in range(count)]


def texts(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.is_file()}


class TestKey:
    def test_is_of_settings_and_inputs(self):
        one = job("a", n=1)
        assert one.key == job("a", n=1).key
        others = [job("a", n=2), job("a", n=1, digest="2"), job("a", n=1, work="threads")]
        assert len({one.key, *(other.key for other in others)}) == 4

    def test_is_not_of_places(self):
        one, other = (Job("a", "x:y", {}, {"input": "1"}, {"space": place}) for place in ("/a", "/b"))
        assert one.key == other.key


class TestHere:
    def test_makes_what_is_missing_and_that_alone(self, tmp_path):
        some = jobs(4)
        report = run_jobs(some, tmp_path, HereExecutor(1))
        assert report.made == tuple(one.name for one in some)
        assert (report.kept, report.failed, report.retried) == ((), (), 0)
        (tmp_path / "2.txt").unlink()
        report = run_jobs([*some, job("new.txt")], tmp_path, HereExecutor(1))
        assert report.made == ("2.txt", "new.txt")
        assert report.kept == ("0.txt", "1.txt", "3.txt")

    def test_what_follows_from_another_input_is_made_again(self, tmp_path):
        run_jobs(jobs(3), tmp_path, HereExecutor(1))
        changed = [job("0.txt"), job("1.txt", digest="2"), job("2.txt", n=1)]
        assert run_jobs(changed, tmp_path, HereExecutor(1)).made == ("1.txt", "2.txt")

    def test_a_result_that_somebody_changed_is_made_again(self, tmp_path):
        run_jobs(jobs(2), tmp_path, HereExecutor(1))
        (tmp_path / "1.txt").write_text("mine", "utf-8")
        assert run_jobs(jobs(2), tmp_path, HereExecutor(1)).made == ("1.txt",)

    def test_an_error_is_told_once_and_the_others_go_on(self, tmp_path):
        some = [job("a.txt"), job("b.txt", bad=True), job("c.txt", bug=True), job("d.txt")]
        report = run_jobs(some, tmp_path, HereExecutor(1))
        assert report.made == ("a.txt", "d.txt")
        told = {"b.txt": "b.txt: is bad", "c.txt": "ZeroDivisionError: nobody thought of that"}
        assert report.to_dict() == {"made": 2, "kept": 0, "failed": told, "retried": 0}
        ledger = Ledger(tmp_path)
        assert ledger.log(some[1]).read_text("utf-8").count("is bad") == 1
        assert "Traceback" in ledger.log(some[2]).read_text("utf-8")
        assert sorted(texts(tmp_path)) == ["a.txt", "d.txt"]

    def test_jobs_that_belong_together_go_to_one_worker(self, tmp_path):
        sent = []

        class Noted(HereExecutor):
            def submit(self, batches):
                sent.extend([job.name for job in batch.jobs] for batch in batches)
                return super().submit(batches)

        names = {"a.txt": "x", "b.txt": "x", "c.txt": "", "d.txt": "", "e.txt": "y", "f.txt": "x"}
        some = [replace(job(name), together=together) for name, together in names.items()]
        run_jobs(some, tmp_path, Noted(1))
        assert sent == [["a.txt", "b.txt"], ["c.txt"], ["d.txt"], ["e.txt"], ["f.txt"]]

    def test_what_a_job_warns_of_is_told_and_in_its_log(self, tmp_path):
        one = job("a.txt", odd=True)
        with pytest.warns(IsolexWarning, match="^a.txt: that is odd$") as told:
            assert run_jobs([one, job("b.txt")], tmp_path, HereExecutor(1)).made == ("a.txt", "b.txt")
        assert len(told) == 1
        assert "warning: that is odd" in Ledger(tmp_path).log(one).read_text("utf-8")

    def test_what_other_packages_warn_of_is_in_the_log_alone(self, tmp_path, recwarn):
        one = job("a.txt", strange="overflow")
        assert run_jobs([one], tmp_path, HereExecutor(1)).made == ("a.txt",)
        assert not recwarn.list
        assert "warning: overflow" in Ledger(tmp_path).log(one).read_text("utf-8")

    def test_what_a_job_that_failed_warned_of_is_told(self, tmp_path):
        with pytest.warns(IsolexWarning, match="a.txt: that is odd"):
            report = run_jobs([job("a.txt", odd=True, late=True)], tmp_path, HereExecutor(1))
        assert list(report.to_dict()["failed"]) == ["a.txt"]

    def test_what_many_jobs_warn_of_is_told_once(self, tmp_path):
        some = [job(f"{number}.txt", odd="that is odd") for number in range(3)]
        with pytest.warns(IsolexWarning) as told:
            run_jobs(some, tmp_path, LocalExecutor(2))
        assert [str(one.message) for one in told] in [
            [f"{first}.txt and others (3 jobs in all): that is odd"] for first in range(3)
        ]

    def test_of_many_warnings_the_first_are_told(self, tmp_path):
        some = [job(f"{number}.txt", odd=f"odd {number}") for number in range(8)]
        with pytest.warns(IsolexWarning) as told:
            run_jobs(some, tmp_path, HereExecutor(1))
        messages = [str(one.message) for one in told]
        assert messages[:5] == [f"{number}.txt: odd {number}" for number in range(5)]
        assert messages[5:] == [f"jobs: more warnings (3) are in the logs in {tmp_path / '.jobs' / 'logs'}"]

    def test_want_of_memory_three_times_is_a_failure(self, tmp_path):
        report = run_jobs([job("a.txt", hungry=True), job("b.txt")], tmp_path, HereExecutor(1))
        assert report.to_dict()["failed"] == {"a.txt": "there was not enough memory"}
        assert report.retried == 2

    def test_somebody_elses_file_stays(self, tmp_path):
        (tmp_path / "1.txt").write_text("mine", "utf-8")
        with pytest.raises(InputError, match=r"1\.txt: was not made by such a run, so it is not replaced"):
            run_jobs(jobs(3), tmp_path, HereExecutor(1))
        assert texts(tmp_path) == {"1.txt": "mine"}

    def test_a_folder_in_the_place_of_a_result_stays(self, tmp_path):
        run_jobs(jobs(2), tmp_path, HereExecutor(1))
        (tmp_path / "1.txt").unlink()
        (tmp_path / "1.txt").mkdir()
        with pytest.raises(InputError, match=r"1\.txt: was not made by such a run"):
            run_jobs(jobs(2), tmp_path, HereExecutor(1))

    def test_two_of_one_name(self, tmp_path):
        with pytest.raises(InputError, match="two jobs of one name"):
            run_jobs([job("a.txt"), job("a.txt", n=1)], tmp_path, HereExecutor(1))

    def test_nothing_to_do(self, tmp_path):
        assert run_jobs([], tmp_path, LocalExecutor(2)).made == ()

    def test_a_note_that_is_damaged_is_none(self, tmp_path):
        run_jobs(jobs(2), tmp_path, HereExecutor(1))
        (tmp_path / ".jobs" / "notes" / "0.txt.json").write_text("[", "utf-8")
        assert run_jobs(jobs(2), tmp_path, HereExecutor(1)).made == ("0.txt",)

    def test_killed_between_a_result_and_its_note(self, tmp_path, monkeypatch):
        monkeypatch.setattr(Ledger, "note", lambda *_: pytest.fail("is killed"))
        with pytest.raises(pytest.fail.Exception):
            run_jobs(jobs(1), tmp_path, HereExecutor(1))
        monkeypatch.undo()
        assert sorted(texts(tmp_path)) == ["0.txt"]
        assert run_jobs(jobs(1), tmp_path, HereExecutor(1)).made == ("0.txt",)

    def test_whoever_follows_hears_of_each(self, tmp_path):
        heard = []

        class Listening:
            def start(self, label, total):
                heard.append((label, total))
                return label

            def advance(self, loop):
                heard.append(loop)

            def note(self, loop, text): ...

            def finish(self, loop):
                heard.append("end")

        with listening(Listening()):
            run_jobs(jobs(2), tmp_path, HereExecutor(1), label="texts")
        assert heard == [("texts", 2), "texts", "texts", "end"]


class TestLocal:
    def test_the_same_with_its_part_of_the_threads(self, tmp_path):
        report = run_jobs(jobs(6), tmp_path, LocalExecutor(2, threads=1))
        assert len(report.made) == 6
        assert texts(tmp_path) == {f"{number}.txt": f"{number}.txt 1" for number in range(6)}
        run_jobs([job("t", work="threads")], tmp_path / "more", LocalExecutor(2, threads=1))
        assert texts(tmp_path / "more") == {"t": "1"}

    def test_a_worker_that_is_killed_has_its_job_tried_again(self, tmp_path):
        some = [job("a.txt", killed_once=str(tmp_path / "once")), *jobs(5)]
        report = run_jobs(some, tmp_path / "out", LocalExecutor(2, threads=1))
        assert len(report.made) == 6
        assert report.retried == 1

    def test_three_times(self, tmp_path):
        report = run_jobs([job("a.txt", killed=True), *jobs(3)], tmp_path, LocalExecutor(2, threads=1))
        assert report.retried == 2
        (failed,) = report.failed
        assert failed.told == "its worker was lost 3 times: its process ended"

    def test_want_of_memory_gets_a_larger_share(self, tmp_path):
        some = [job("a.txt", starved_once=str(tmp_path / "once")), *jobs(2)]
        run_jobs(some, tmp_path / "out", LocalExecutor(2, threads=1))
        assert "there was not enough memory" in Ledger(tmp_path / "out").log(some[0]).read_text("utf-8")
        assert len(texts(tmp_path / "out")) == 3

    def test_killed_at_any_moment_it_goes_on(self, tmp_path):
        """The driver is killed; the same command makes what is missing, and nothing of it is half."""
        out = tmp_path / "out"
        script = (
            "from tests.fleet.test_running import *\n"
            "if __name__ == '__main__':\n"
            f"    run_jobs(jobs(8, seconds=0.2), {str(out)!r}, LocalExecutor(2, threads=1))\n"
        )
        (tmp_path / "script.py").write_text(script, "utf-8")
        driver = subprocess.Popen([sys.executable, str(tmp_path / "script.py")])
        until = time.monotonic() + 60
        while not list(out.glob("*.txt")) and time.monotonic() < until:
            time.sleep(0.05)
        driver.send_signal(signal.SIGKILL)
        driver.wait()
        there = texts(out)
        assert 0 < len(there) < 8
        time.sleep(1)
        assert len(texts(out)) <= len(there) + 2  # its workers ended with it
        report = run_jobs(jobs(8, seconds=0.2), out, LocalExecutor(2, threads=1))
        assert len(report.made) + len(report.kept) == 8
        assert texts(out) == {f"{number}.txt": f"{number}.txt 1" for number in range(8)}

    def test_two_at_once(self, tmp_path):
        from isolex.files import working_alone

        tmp_path.mkdir(exist_ok=True)
        with working_alone(tmp_path), pytest.raises(InputError, match="another run works in this folder"):
            run_jobs(jobs(1), tmp_path, HereExecutor(1))


class TestSlurm:
    @pytest.mark.parametrize("cluster", ["local", "debug"])
    def test_the_same(self, tmp_path, cluster):
        pytest.importorskip("submitit", reason="needs submitit, of the extra slurm")
        some = [*jobs(5), job("bad.txt", bad=True)]
        executor = SlurmExecutor(tmp_path / "logs", workers=2, threads=1, cluster=cluster)
        report = run_jobs(some, tmp_path / "out", executor)
        assert len(report.made) == 5
        assert report.to_dict()["failed"] == {"bad.txt": "bad.txt: is bad"}

    def test_a_part_that_is_lost_is_done_again_but_for_what_is_there(self, tmp_path):
        pytest.importorskip("submitit", reason="needs submitit, of the extra slurm")
        some = [*jobs(3), job("a.txt", killed_once=str(tmp_path / "once"))]
        executor = SlurmExecutor(tmp_path / "logs", threads=1, cluster="local")
        report = run_jobs(some, tmp_path / "out", executor)
        assert len(report.made) == 4
        assert report.retried == 1

    @pytest.mark.skipif(shutil.which("srun") is not None, reason="there is a Slurm")
    def test_where_there_is_none(self, tmp_path):
        pytest.importorskip("submitit", reason="needs submitit, of the extra slurm")
        with pytest.raises(InputError, match="slurm: this machine has no srun"):
            SlurmExecutor(tmp_path)

    @pytest.mark.parametrize("minutes", ["0", "1:00:00", "-3", ""])
    def test_a_time_that_is_none(self, tmp_path, minutes):
        pytest.importorskip("submitit", reason="needs submitit, of the extra slurm")
        with pytest.raises(InputError, match="expected a number of minutes"):
            SlurmExecutor(tmp_path, options={"time": minutes}, cluster="local")

    def test_without_its_package(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "submitit", None)
        with pytest.raises(MissingExtraError, match=r"isolex\[slurm\]"):
            SlurmExecutor(tmp_path)


class TestRay:
    def test_the_same(self, tmp_path):
        pytest.importorskip("ray", reason="needs ray, of the extra ray")
        some = [*jobs(4), job("bad.txt", bad=True), job("a.txt", killed_once=str(tmp_path / "once"))]
        report = run_jobs(some, tmp_path / "out", RayExecutor(workers=2, threads=1))
        assert len(report.made) == 5
        assert report.to_dict()["failed"] == {"bad.txt": "bad.txt: is bad"}
        assert report.retried == 1

    def test_without_its_package(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "ray", None)
        with pytest.raises(MissingExtraError, match=r"isolex\[ray\]"):
            RayExecutor()


def test_the_environment_is_as_before(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    run_jobs(jobs(1), tmp_path, LocalExecutor(2, threads=1))
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
