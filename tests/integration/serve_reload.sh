#!/usr/bin/env bash
# serve_reload.sh PROGRAM: HTTPS, and SIGHUP: a changed file takes effect, a broken one is told of and changes nothing.
source "$(dirname "${BASH_SOURCE[0]}")/expect.sh"
tollgate=("$1" --store sqlite:sessions.db --provider offline)

certificate() { # NAME: a new one for localhost, valid for a day
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/O=$1" \
    -addext subjectAltName=DNS:localhost -keyout key.pem -out certificate.pem 2>openssl.log
}
settings() { # LIMIT
  printf 'rate_limit_per_account: %s\nserve_tls_certificate: certificate.pem\nserve_tls_key: key.pem\n' "$1" >tollgate.yaml
}
get() { curl -sS --cacert trusted.pem -D headers "https://localhost:$port/api/v1/sessions"; }
shown() { openssl s_client -connect "localhost:$port" </dev/null 2>/dev/null | openssl x509 -noout -subject; }
reload() { # TEXT: what the server says then
  kill -HUP "$server"
  for _ in {1..100}; do
    grep -qF -- "$1" server.log && return
    sleep 0.1
  done
  fail "the server did not say: $1; but: $(cat server.log)"
}

certificate first
settings 100
"${tollgate[@]}" serve --port 0 >server.log 2>&1 &
server=$!
for _ in {1..100}; do
  grep -q Listening server.log && break
  sleep 0.1
done
port=$(sed -nE 's|.*https://127\.0\.0\.1:([0-9]+).*|\1|p' server.log)
[[ -n $port ]] || fail "no port in: $(cat server.log)"
cp certificate.pem trusted.pem
expect_exit 0 get
grep -qi 'RateLimit-Limit: 100' headers || fail "the limit is not 100: $(cat headers)"
[[ $(shown) == *first* ]] || fail "another certificate: $(shown)"
! curl -sS "http://localhost:$port/" >output 2>&1 || fail "plain HTTP is answered on the port of HTTPS"

settings nonsense
reload "stay as they were: tollgate.yaml:1: rate_limit_per_account: must be a whole number"
expect_exit 0 get
grep -qi 'RateLimit-Limit: 100' headers || fail "a broken file changed the limit: $(cat headers)"

settings 200
certificate second
cp certificate.pem trusted.pem
reload "read again"
expect_exit 0 get
grep -qi 'RateLimit-Limit: 200' headers || fail "the limit is not 200: $(cat headers)"
[[ $(shown) == *second* ]] || fail "another certificate: $(shown)"

printf 'broken\n' >key.pem
reload "serve_tls_key: 'key.pem' cannot be used"
expect_exit 0 get
stop_server
