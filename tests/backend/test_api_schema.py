"""schemathesis reads the API's own description and tries what it allows and what it does not."""

from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from backend.api.endpoints import api
from tests.backend import world

pytestmark = pytest.mark.slow
EXAMPLES = 12
SCHEMA = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    data = tmp_path_factory.mktemp("hall")
    world.fresh_database(data)
    world.add_resident()
    with world.served(data) as running:
        yield running.url, {"Authorization": f"Bearer {world.enrol('3')}"}
        assert running.process.poll() is None
    world.connections.close_all()


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=QUIET)
def test_no_request_that_the_description_leads_to_is_a_500(case, hall):
    url, headers = hall
    case.headers["Idempotency-Key"] = f"key-{next(_count)}"
    if "wait_s" in case.query:
        case.query["wait_s"] = 0
    answer = case.call(base_url=url, headers=headers, timeout=20, session=_session)
    case.validate_response(answer, checks=[not_a_server_error])


_count = iter(range(10**9))
_session = requests.Session()


def test_the_description_names_every_path_of_the_contract():
    from backend_client import contract

    paths = {path.removeprefix(contract.API_PREFIX) for path in SCHEMA.raw_schema["paths"]}
    documented = contract.__doc__ or ""
    assert len(paths) >= 15
    for path in paths - {"/visits/{id}/end"}:
        assert path in documented
