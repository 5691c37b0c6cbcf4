#!/usr/bin/env bash
# Inside Colab's image: run all notebooks of /course as a reader on Colab would.
set -euo pipefail
work=$(mktemp -d)

# nbval comes on top; the constraints are all that is here, so that nothing can move.
python3 -m pip list --format=freeze > "$work/before"
python3 -m pip install --quiet --constraint "$work/before" nbval
python3 -m pip list --format=freeze > "$work/after"
if comm -23 <(sort "$work/before") <(sort "$work/after") | grep .; then
    echo "These packages of Colab's were changed; the run would not be Colab's." >&2
    exit 1
fi
grep -iE '^(ipywidgets|keras|matplotlib|numpy|tensorflow)==' "$work/after"

# A notebook's set-up cell fetches the course: let git take this commit for what it asks for.
url=$(sed -n 's/^  url: //p' /course/_config.yml)
branch=$(sed -n 's/^  branch: "\(.*\)"$/\1/p' /course/_config.yml)
git config --global --add safe.directory '*'  # the folder belongs to the runner's user
git clone --quiet --bare /course "$work/course.git"
git -C "$work/course.git" update-ref "refs/heads/$branch" HEAD
git config --global "url.file://$work/course.git.insteadOf" "$url"

# As on Colab, each notebook is alone in its folder.
chapters=$(cd /course && python3 -m website.contents)
for notebook in index.ipynb $chapters; do
    folder=$(mktemp -d)
    cp "/course/$notebook" "$folder"
    (cd "$folder" && python3 -m pytest -q -p no:cacheprovider --nbval-lax --nbval-current-env .)
done
