# Asks this pod's Connect as a kubelet would, which cannot send what is in a Secret:
#
#     bash rest-probe.sh PORT PATH SECONDS CREDENTIALS
#
# Ends with 0 where PATH answers 200 to the first user of the properties file CREDENTIALS and 401 without one.
# From a file without users Kafka's login module lets everybody in, and a worker reads the file only once: one
# that is open is taken for one that does not work, so that it is not ready and is started again.

port=$1 path=$2 seconds=$3 credentials=$4

first_user() { # of a file of java.util.Properties without backslashes
  local line
  while IFS= read -r line || [[ $line ]]; do
    line=$(trimmed "${line%$'\r'}")
    case $line in '' | '#'* | '!'*) continue ;; esac
    user=${line%%[=:[:blank:]]*}
    password=$(trimmed "${line#"$user"}")
    [[ $password == [=:]* ]] && password=$(trimmed "${password:1}")
    return 0
  done <"$credentials"
  return 1
}

trimmed() { # without leading blanks
  printf '%s' "${1#"${1%%[![:blank:]]*}"}"
}

status() { # of PATH, with a header line or none
  local code
  {
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n' "$path" "$1" >&3
    IFS=' ' read -r -t "$seconds" -u 3 _ code _
  } 3<>"/dev/tcp/127.0.0.1/$port"
  printf '%s' "${code:-none}"
}

expect() {
  [[ $2 == "$3" ]] && return
  echo "GET $path $1 credentials: found status $2; expected: $3"
  exit 1
}

first_user || { echo "$credentials names no user"; exit 1; }
[[ $password ]] || { echo "$credentials names a user without a password"; exit 1; }
expect without "$(status '')" 401
token=$(printf '%s' "$user:$password" | base64 -w 0)
expect with "$(status "Authorization: Basic $token"$'\r\n')" 200
