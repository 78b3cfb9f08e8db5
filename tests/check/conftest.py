# pytest option of these tests; the one of tests/samples when both run together.
def pytest_addoption(parser):
    try:
        parser.addoption("--bless", action="store_true", help="rewrite the goldens of samples/check; review the diff")
    except ValueError:
        pass
