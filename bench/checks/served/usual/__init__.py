"""The same check as a Django project usually does it: REST framework, the ORM, the middleware of `startproject`."""
