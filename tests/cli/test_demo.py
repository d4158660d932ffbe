"""`hangarlink demo --once`: the main job from seed to due list, over real HTTP, in a fresh installation."""

import json
import os
import subprocess
import sys


def test_the_whole_main_job_happens() -> None:
    ours = {"DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY", "HANGARLINK_VAULT_KEYS", "HANGARLINK_DATA_DIR"}
    env = {key: value for key, value in os.environ.items() if key not in ours}
    command = [sys.executable, "-m", "hangarlink.cli.main", "demo", "--once", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["ok"]
    assert all(result["checks"].values())
    assert result["flights"] > 1000
    aircraft, hours = result["runs"]
    assert (aircraft["flow"], hours["flow"]) == ("aircraft", "hours_cycles")
    assert hours["created"] == result["flights"]
    assert all(run["created"] == run["updated"] == 0 for run in result["second"])
    moved = [(pair["before"], pair["after"]) for pair in result["due_moved"]]
    assert any(
        now["remaining"] < was["remaining"]
        for before, after in moved
        for was, now in zip(before["terms"], after["terms"], strict=True)
        if was["unit"] == "seconds"
    )
