#!/usr/bin/env bash
# postgres_server.sh FOLDER PORT [OPTION...]: a PostgreSQL server with its data in FOLDER, which may hold that of an
# earlier run. It listens on 127.0.0.1:PORT and on a socket in FOLDER; user "tollgate", password "s3cret-word". This
# process becomes the server; as root it becomes the user postgres first, since the server refuses root.
set -euo pipefail

folder=$1 port=$2
shift 2
programs=$(pg_config --bindir 2>/dev/null || true)
[[ -x $programs/initdb ]] || programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[[ -x $programs/initdb ]] || { echo "no PostgreSQL server here: script/bootstrap test installs one" >&2; exit 1; }

as_user=()
if ((EUID == 0)); then
  as_user=(setpriv --reuid=postgres --regid=postgres --init-groups)
  chown postgres "$folder"
fi
cd "$folder"
if [[ ! -d data ]]; then
  printf 's3cret-word\n' >"$folder/password"
  "${as_user[@]}" "$programs/initdb" --pgdata=data --username=tollgate --pwfile=/dev/stdin --auth-local=trust \
    --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions <"$folder/password" >initdb.log
fi
# It ends with whoever started it, however that ends.
exec "${as_user[@]}" setpriv --pdeathsig QUIT "$programs/postgres" -D data -p "$port" -k "$folder" \
  -c listen_addresses=127.0.0.1 -c shared_buffers=64MB -c max_connections=60 -c shared_preload_libraries=pg_stat_statements \
  "$@"
