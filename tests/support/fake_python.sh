#!/bin/sh
# Stands for a Python in the tests of ./run: it says what FAKE_* tells it to say and notes how it was called.
echo "$(basename "$0") $*" >>"$FAKE_CALLS"
case $* in
    *'sys.exit(sys.version_info < (3, 11))'*) [ "$(basename "$0")" != "${FAKE_OLD:-}" ] ;;
    *'print("%d.%d"'*) echo 3.9 ;;
    *'import venv, ensurepip'*) [ -z "${FAKE_WITHOUT_VENV:-}" ] ;;
    *fcntl*) exec "$FAKE_REAL" "$@" ;;
    --version) echo "Python 3.12.1" ;;
    '-m venv '*)
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        echo "version = 3.12.1" >"$3/pyvenv.cfg"
        ;;
    '-m pip install '*)
        sleep 0.2
        if [ -n "${FAKE_PIP_SAYS:-}" ]; then
            echo "$FAKE_PIP_SAYS" >&2
            exit 1
        fi
        ;;
    '-m mfa_cli'*) echo "the command ran: $*" ;;
    '-m pytest'*) echo "the tests ran: $*" ;;
esac
