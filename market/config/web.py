"""`python -m market.config.web`: the web server."""

import argparse
import gc


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m market.config.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4, help="requests a worker answers side by side")
    wishes = parser.parse_args()
    gc.disable()  # before anything is imported: a quarter of the start went into looking for garbage among what stays
    from market.config.serving import serve

    serve(host=wishes.host, port=wishes.port, workers=wishes.workers, threads=wishes.threads)


if __name__ == "__main__":
    main()
