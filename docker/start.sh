#!/bin/sh
# Links the model files of the image, or those mounted in their place, into the home folder, then runs what it is given.
# Links, no copies: the home may be shared by images of several versions, each with its own file behind the same link.
set -eu
from=${MODEL_FILES:-/models}
mkdir -p "$SHOPGLASS_HOME/models"
for file in "$from"/*; do
  link="$SHOPGLASS_HOME/models/${file##*/}"
  if [ -f "$file" ] && [ ! -e "$link" ]; then ln -sfn "$file" "$link"; fi
done
exec "$@"
